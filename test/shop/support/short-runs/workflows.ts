import { addViews } from '../../../../workflows/shop/demand';
import { VIEW_SHAPES } from '../../../../workflows/shop/event-shapes';
import { batcher } from '../../../../src/saga';

const EVENTS_PER_RUN = 100;

/** The shop's batcher with short runs: a test gets many of them without thousands of events. */
export const demand = batcher(addViews, { shapes: VIEW_SHAPES, eventsPerRun: EVENTS_PER_RUN });
