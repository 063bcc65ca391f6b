import { bridge } from '../../../workers/roles/bridge';
import { serveRole } from './role';

void serveRole('bridge', bridge);
