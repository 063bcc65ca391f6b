/** The events of the context `orders`, in the order in which an order meets them. */
export * from './submission';
export * from './outcomes';
export * from './requests';
export * from './questions';
