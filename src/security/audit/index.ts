/** The audit: who has changed and read what as an operator, as a chain of hashes in PostgreSQL (docs/audit.md). */
export { hashOf } from './record';
export type { AuditRecord, Json } from './record';
export { appendAuditRecord, auditRecords, findAuditRecord, listAuditRecords } from './store';
export type { NewAuditRecord } from './store';
export { beginVerification, headIn, headText } from './verify';
export type { AuditFinding, AuditHead } from './verify';
