import { bridge } from '../../../src/runtime/roles/bridge';
import { serveRole } from './role';

void serveRole('bridge', bridge);
