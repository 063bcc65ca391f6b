import { ErrorCode, NatsError } from 'nats';

/** JetStream's answer to a publish that it refuses. */
export function apiError(err_code: number, code: number, description = 'refused'): NatsError {
  const error = new NatsError(description, String(code));
  error.api_error = { code, err_code, description };
  return error;
}

/** The stream's `max_msg_size` is smaller than the message. */
export const messageTooLarge = () => apiError(10_054, 400, 'message size exceeds maximum allowed');

/** The server's `max_payload` is smaller than the message: the client itself refuses it. */
export const payloadTooLarge = () => new NatsError('max payload', ErrorCode.MaxPayloadExceeded);
