// A producer at its start: makes the tables of its outbox in the database of the first argument.
import { provisionOutbox } from 'sagaline/publisher';

void provisionOutbox(process.argv[2] ?? '');
