/**
 * Address of a database, `postgresql://user:password@host:5432/database?sslmode=verify-full`. A function is asked again
 * for each connection, so that a new password needs no restart.
 */
export type DatabaseAddress = string | (() => string);
