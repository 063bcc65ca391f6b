/** The workflows of the sample's pool: the entry point of its bundle. */
export { sampleOrder } from './order';
