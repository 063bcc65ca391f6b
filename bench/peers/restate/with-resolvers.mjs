// Node 20 has no `Promise.withResolvers`, which Restate's SDK calls: import this file before the SDK.
Promise.withResolvers ??= () => {
  let resolve;
  let reject;
  const promise = new Promise((resolved, rejected) => {
    resolve = resolved;
    reject = rejected;
  });
  return { promise, resolve, reject };
};
