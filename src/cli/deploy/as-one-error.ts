import { ManagedDeploymentError, VersionNotPolledError } from '../../adapters/temporal';
import { CliError, EXIT } from '../exit';

/** One error for the pools that failed; those in `set` have been set. */
export function asOneError(failures: readonly unknown[], set: readonly object[]): unknown {
  const managed = failures.filter((failure) => failure instanceof ManagedDeploymentError);
  const refused = failures.filter((failure) => failure instanceof VersionNotPolledError);
  const known: readonly unknown[] = [...managed, ...refused];
  if (known.length < failures.length) return failures.find((failure) => !known.includes(failure));
  const words = [
    ...(refused.length > 0 ? [unpolledInWords(refused)] : []),
    ...(managed.length > 0 ? [managedInWords(managed)] : []),
  ];
  return new CliError(managed.length > 0 ? 'managed' : 'not-polled', words.join('; '), EXIT.failed, { set });
}

function unpolledInWords(refused: readonly VersionNotPolledError[]): string {
  const words = refused.map(({ message }) => message).join('; ');
  return `${words}: start its workers first, or say --unpolled`;
}

function managedInWords(managed: readonly ManagedDeploymentError[]): string {
  const words = managed.map(({ message }) => message).join('; ');
  const takeovers = managed.map(
    ({ deployment }) =>
      `"temporal worker deployment manager-identity set --self --deployment-name ${deployment}"`,
  );
  return `${words}: apply another template to its WorkerDeployment, or first take it over by ${takeovers.join(', ')} (docs/kubernetes.md)`;
}
