import type {
  NetworkPolicy,
  NetworkPolicyEgressRule,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from 'kubernetes-types/networking/v1';
import { APPLICATION, HEALTH_PORT, objectName } from './objects';
import type { Process } from './processes';

const PORTS = { dns: 53, nats: 4222, temporal: 7233, postgres: 5432, https: 443 } as const;
/** Namespaces of the other programs, as their charts' documentation has them; an overlay changes what is elsewhere. */
const NAMESPACE = {
  dns: 'kube-system',
  nats: 'nats',
  temporal: 'temporal',
  monitoring: 'monitoring',
  ingress: 'ingress-nginx',
};
/** Addresses that are nobody's on the internet, with those where clouds answer with a machine's credentials. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16'];
const EVERYWHERE = '0.0.0.0/0';

/**
 * Who may connect to whom: nobody, but for what is listed. Each process reaches only the servers that it has credentials for.
 * The probes come from the node, which policies do not keep out.
 */
export function networkPolicies(processes: readonly Process[]): readonly NetworkPolicy[] {
  const reaching = (name: string, uses: (process: Process) => boolean, egress: NetworkPolicyEgressRule) => {
    const those = processes.filter(uses);
    return those.length === 0 ? [] : [policy(`to-${name}`, those, { egress: [egress] })];
  };
  return [
    policy('default', undefined, {
      ingress: [{ from: [inNamespace(NAMESPACE.monitoring)], ports: [tcp(HEALTH_PORT)] }],
      egress: [
        {
          to: [inNamespace(NAMESPACE.dns)],
          ports: [{ protocol: 'UDP', port: PORTS.dns }, tcp(PORTS.dns)],
        },
      ],
    }),
    ...reaching('nats', ({ nats }) => nats !== undefined, {
      to: [inNamespace(NAMESPACE.nats, { 'app.kubernetes.io/name': 'nats' })],
      ports: [tcp(PORTS.nats)],
    }),
    ...reaching('temporal', ({ temporal }) => temporal !== undefined, {
      to: [inNamespace(NAMESPACE.temporal, { 'app.kubernetes.io/component': 'frontend' })],
      ports: [tcp(PORTS.temporal)],
    }),
    // Anywhere: a managed database has no pods. Its certificate and the logins keep others out.
    ...reaching('postgres', ({ database }) => database !== undefined, { ports: [tcp(PORTS.postgres)] }),
    ...reaching('providers', ({ callsProviders }) => callsProviders, {
      to: [{ ipBlock: { cidr: EVERYWHERE, except: PRIVATE } }],
      ports: [tcp(PORTS.https)],
    }),
    ...processes.flatMap((process) =>
      process.port === undefined
        ? []
        : [
            policy(process.name, [process], {
              ingress: [{ from: [inNamespace(NAMESPACE.ingress)], ports: [tcp(process.port.number)] }],
            }),
          ],
    ),
  ];
}

interface Rules {
  readonly ingress?: NetworkPolicyIngressRule[];
  readonly egress?: NetworkPolicyEgressRule[];
}

function policy(name: string, processes: readonly Process[] | undefined, rules: Rules): NetworkPolicy {
  const matchLabels = { 'app.kubernetes.io/name': APPLICATION };
  const components = processes?.map((process) => process.name);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: objectName(name), labels: matchLabels },
    spec: {
      podSelector: {
        matchLabels,
        ...(components && {
          matchExpressions: [{ key: 'app.kubernetes.io/component', operator: 'In', values: components }],
        }),
      },
      policyTypes: [
        ...(rules.ingress === undefined ? [] : ['Ingress']),
        ...(rules.egress === undefined ? [] : ['Egress']),
      ],
      ...rules,
    },
  };
}

function tcp(port: number): NetworkPolicyPort {
  return { protocol: 'TCP', port };
}

function inNamespace(name: string, pods?: Record<string, string>): NetworkPolicyPeer {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
    ...(pods && { podSelector: { matchLabels: pods } }),
  };
}
