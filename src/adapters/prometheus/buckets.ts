/** In seconds: from one millisecond, for an event on an idle machine, to a minute, for an outage. */
export const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];
