/** The application, in the labels that Kubernetes recommends. */
export const APPLICATION = 'sagaline';

/** Where each process serves `/livez`, `/readyz` and `/metrics`: the image's HEALTH_PORT. */
export const HEALTH_PORT = 8081;

/** The labels by which an object of a process is found; they never change. */
export function labelsOf(name: string): Record<string, string> {
  return { 'app.kubernetes.io/name': APPLICATION, 'app.kubernetes.io/component': name };
}

/** The name of the objects of a process. */
export function objectName(name: string): string {
  return `${APPLICATION}-${name}`;
}
