/** The ways through the workflow whose histories are recorded, by the guest that leads there. */
export const COURSES = { booked: 'ada', undone: 'nobody' } as const;
