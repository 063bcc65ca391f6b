/** Ages, in seconds: from ten milliseconds to a day, for an event that was held over an outage. */
export const AGES = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3_600, 86_400];
/** In seconds: from one millisecond, for an event on an idle machine, to a minute, for an outage. */
export const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];
