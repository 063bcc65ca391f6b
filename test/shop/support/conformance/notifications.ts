import type { Notifications, NotifyCustomer } from '../../../../activities/shop/notifications';
import { atOnce, newOrderId } from '../../../support/conformance/attempts';

export interface NotificationsUnderTest {
  readonly notifications: Notifications;
  messagesOf(orderId: string): Promise<readonly Pick<NotifyCustomer, 'email' | 'template' | 'values'>[]>;
}

/** The contract of every implementation that sends messages to customers. */
export function notificationsConformance(open: () => Promise<NotificationsUnderTest>): void {
  let notifications: Notifications;
  let sent: NotificationsUnderTest;

  beforeAll(async () => {
    sent = await open();
    notifications = sent.notifications;
  });

  test('tells the customer once, however often it is asked', async () => {
    const orderId = newOrderId();
    const message = {
      key: `${orderId}:notifyCustomer:0`,
      orderId,
      email: 'ada@example.com',
      template: 'order-completed' as const,
      values: { price: '49.80 EUR' },
    };
    await atOnce(4, () => notifications.notifyCustomer(message));
    await notifications.notifyCustomer(message);
    const { email, template, values } = message;
    expect(await sent.messagesOf(orderId)).toMatchObject([{ email, template, values }]);
  });

  test.each(['用户@例え.jp', '"ada lovelace"@example.com', 'a@b.xn--p1ai'])('tells %s', async (email) => {
    const orderId = newOrderId();
    const key = `${orderId}:notifyCustomer:0`;
    await notifications.notifyCustomer({ key, orderId, email, template: 'order-completed', values: {} });
    expect(await sent.messagesOf(orderId)).toMatchObject([{ email }]);
  });

  test('tells of each step by itself', async () => {
    const orderId = newOrderId();
    const message = { orderId, email: 'ada@example.com', template: 'order-rejected' as const, values: {} };
    await notifications.notifyCustomer({ ...message, key: `${orderId}:notifyCustomer:0` });
    await notifications.notifyCustomer({ ...message, key: `${orderId}:notifyCustomer:1` });
    expect(await sent.messagesOf(orderId)).toHaveLength(2);
  });
}
