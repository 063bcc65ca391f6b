/** Activities that one process of a pool runs at once. Steps mostly wait for PostgreSQL and for providers. */
export const CONCURRENT_ACTIVITIES = 50;
