export const createActivities = () => ({ reserve: () => Promise.resolve() });
