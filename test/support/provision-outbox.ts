// A producer at its start: makes the tables of its outbox in the database that the first argument names.
import { provisionOutbox } from 'sagaline/publisher';

void provisionOutbox(process.argv[2] ?? '');
