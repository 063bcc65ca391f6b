import { addViews } from '../../../workflows/shop/demand';
import { VIEW_SHAPES } from '../../../workflows/shop/event-shapes';
import { accumulator } from '../../../src/saga';

const EVENTS_PER_RUN = 100;

/** The shop's accumulator with short runs: a test sees many of them without thousands of events. */
export const demand = accumulator(addViews, { shapes: VIEW_SHAPES, eventsPerRun: EVENTS_PER_RUN });
