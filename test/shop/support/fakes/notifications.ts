import type { Notifications, NotifyCustomer } from '../../../../activities/shop/notifications';
import type { FakeEffects } from 'sagaline/testing';

export type NotificationStep = keyof Notifications;

export interface FakeNotifications extends Notifications {
  messagesOf(orderId: string): readonly NotifyCustomer[];
}

export function createFakeNotifications(effects: FakeEffects<NotificationStep>): FakeNotifications {
  const messages: NotifyCustomer[] = [];
  return {
    notifyCustomer: (input) =>
      effects.doOnce('notifyCustomer', input.key, input, () => void messages.push(input)),
    messagesOf: (orderId) => messages.filter((message) => message.orderId === orderId),
  };
}
