// deploy/kubernetes against the recorded schemas of API servers and of KEDA: a test with a mistake of each sort.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { manifestProblems, objectChecker, withScalers } from '../../../../scripts/deployment/manifests';
import { reduced } from '../../../../scripts/deployment/manifests/recorded';
import { manifestsIn } from '../../../../scripts/deployment/manifests/render';
import { validator } from '../../../../scripts/deployment/manifests/validate';

const BASE = path.resolve(__dirname, '../../../../deploy/kubernetes/base');
const NOT_OBJECTS = /(kustomization|names)\.yaml$/;
const BOTH = '(Kubernetes 1.34, Kubernetes 1.35)';
const KEDA = '(KEDA 2.20)';
const CONTROLLER = "(worker controller's CRDs 0.27)";

const read = (file: string) => readFileSync(path.join(BASE, file), 'utf8');
const check = objectChecker();
const problemsOf = (text: string) => withScalers(manifestsIn(text)).flatMap(check);

test('the base is accepted', () => {
  const files = readdirSync(BASE, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.yaml') && !NOT_OBJECTS.test(file),
  );
  const kinds = files.flatMap((file) => manifestsIn(read(file)).map(({ kind }) => kind));
  expect(new Set(kinds).size).toBeGreaterThan(5);
  expect(files.flatMap((file) => problemsOf(read(file)))).toEqual([]);
});

/** A mistake: in which file, what is there, what is there instead (at its first place), and what is said of it. */
type Mistake = readonly [what: string, file: string, was: string, is: string, told: readonly string[]];

const mistakes: readonly Mistake[] = [
  [
    'an unknown field',
    'roles/bridge.yaml',
    '      containers:',
    '      contaners:',
    [
      `spec.template.spec.containers is missing: it is required ${BOTH}`,
      `spec.template.spec.contaners is not a field: did you mean "containers"? ${BOTH}`,
    ],
  ],
  [
    'an unknown field deep in a pod',
    'roles/bridge.yaml',
    'failureThreshold: 60',
    'failureTreshold: 60',
    [
      `spec.template.spec.containers[0].startupProbe.failureTreshold is not a field: did you mean "failureThreshold"? ${BOTH}`,
    ],
  ],
  [
    'a field of another object',
    'roles/bridge.yaml',
    '  replicas: 2',
    '  maxUnavailable: 1',
    [`spec.maxUnavailable is not a field: remove it ${BOTH}`],
  ],
  [
    'a text for a number',
    'roles/bridge.yaml',
    'replicas: 2',
    'replicas: two',
    [`spec.replicas must be an integer, and is "two" ${BOTH}`],
  ],
  [
    'a setting without quotes',
    'roles/bridge.yaml',
    'value: check',
    'value: true',
    [`spec.template.spec.containers[0].env[0].value must be a string, and is true ${BOTH}`],
  ],
  [
    'an object for a list',
    'roles/bridge.yaml',
    '            - name: health\n',
    '              name: health\n',
    [`spec.template.spec.containers[0].ports must be a list, and is an object ${BOTH}`],
  ],
  [
    'a field that takes a number or a text',
    'roles/bridge.yaml',
    'maxSurge: 1',
    'maxSurge: [1]',
    [`spec.strategy.rollingUpdate.maxSurge must be an integer or a string, and is a list ${BOTH}`],
  ],
  [
    'a label of a wrong type',
    'roles/bridge.yaml',
    'component: bridge',
    'component: 1',
    [`metadata.labels["app.kubernetes.io/component"] must be a string, and is 1 ${BOTH}`],
  ],
  [
    'a list where the labels belong',
    'roles/bridge.yaml',
    '  labels:\n    app.kubernetes.io/name: sagaline\n    app.kubernetes.io/component: bridge\n',
    '  labels: [a]\n',
    [`metadata.labels must be an object, and is a list ${BOTH}`],
  ],
  [
    'a required field that is missing',
    'roles/bridge.yaml',
    '              containerPort: 8081\n',
    '',
    [`spec.template.spec.containers[0].ports[0].containerPort is missing: it is required ${BOTH}`],
  ],
  [
    'a word that the field does not take',
    'roles/bridge.yaml',
    'ScheduleAnyway',
    'ScheduleAnywhere',
    [
      `spec.template.spec.topologySpreadConstraints[0].whenUnsatisfiable must be one of DoNotSchedule, ScheduleAnyway, and is "ScheduleAnywhere" ${BOTH}`,
    ],
  ],
  [
    'an unknown version',
    'roles/bridge.yaml',
    'apps/v1',
    'apps/v9',
    [
      `apps/v9 Deployment is not among the recorded kinds: did you mean apps/v1 Deployment? If not, add it to an overlay and run \`npm run test:full -- kubernetes record\` ${BOTH}`,
    ],
  ],
  [
    'an unknown kind',
    'roles/bridge.yaml',
    'kind: Deployment',
    'kind: Fleet',
    [
      `apps/v1 Fleet is not among the recorded kinds: add it to an overlay and run \`npm run test:full -- kubernetes record\` ${BOTH}`,
    ],
  ],
  [
    "an unknown field of KEDA's",
    'scaling/roles/bridge.yaml',
    'maxReplicaCount',
    'maxReplicasCount',
    [`spec.maxReplicasCount is not a field: did you mean "maxReplicaCount"? ${KEDA}`],
  ],
  [
    "an unknown field in a list of KEDA's",
    'scaling/version/worker-orders.yaml',
    'authenticationRef',
    'authentificationRef',
    [`spec.triggers[0].authentificationRef is not a field: did you mean "authenticationRef"? ${KEDA}`],
  ],
  [
    'a scaler of nothing',
    'scaling/roles/bridge.yaml',
    '    name: sagaline-bridge\n  minR',
    '    kind: Deployment\n  minR',
    [`spec.scaleTargetRef.name is missing: it is required ${KEDA}`],
  ],
  [
    "a number for a scaler's text",
    'scaling/roles/bridge.yaml',
    "threshold: '500'",
    'threshold: 500',
    [`spec.triggers[0].metadata.threshold must be a string, and is 500 ${KEDA}`],
  ],
  [
    'a parameter that the scaler does not have',
    'scaling/roles/bridge.yaml',
    'ignoreNullValues',
    'ignoreNulValues',
    [
      'spec.triggers[0].metadata.ignoreNulValues is not a parameter of the scaler "prometheus": did you mean "ignoreNullValues"?',
    ],
  ],
  [
    'an unknown scaler',
    'scaling/roles/bridge.yaml',
    'type: prometheus',
    'type: promethous',
    ['spec.triggers[0].type: KEDA has no scaler "promethous": did you mean "prometheus"?'],
  ],
  [
    'a scaler that goes down to nothing',
    'scaling/roles/bridge.yaml',
    '  minReplicaCount: 1\n',
    '',
    ['spec.minReplicaCount is 0: work that no process takes waits in silence; set 1 or more'],
  ],
  [
    "an unknown field of the worker controller's",
    'controller/worker-orders.yaml',
    'scaledownDelay',
    'scaleDownDelay',
    [`spec.sunset.scaleDownDelay is not a field: did you mean "scaledownDelay"? ${CONTROLLER}`],
  ],
  [
    'an unknown field in a pod of the worker controller',
    'controller/worker-orders.yaml',
    'failureThreshold: 60',
    'failureTreshold: 60',
    [
      `spec.template.spec.containers[0].startupProbe.failureTreshold is not a field: did you mean "failureThreshold"? ${CONTROLLER}`,
    ],
  ],
  [
    'a parameter that a scaler of a template does not have',
    'scaling/controller/worker-orders.yaml',
    'targetQueueSize',
    'targetQueueSise',
    [
      'spec.triggers[0].metadata.targetQueueSise is not a parameter of the scaler "temporal": did you mean "targetQueueSize"?',
    ],
  ],
  [
    "an unknown field of KEDA's in a template",
    'scaling/controller/worker-orders.yaml',
    'maxReplicaCount',
    'maxReplicasCount',
    [`spec.maxReplicasCount is not a field: did you mean "maxReplicaCount"? ${KEDA}`],
  ],
  [
    'a name with a slash',
    'roles/bridge.yaml',
    'name: sagaline-bridge',
    'name: sagaline/bridge',
    [
      'metadata.name "sagaline/bridge" must be small letters, digits, "-" and ".", at most 253, and begin and end with a letter or a digit',
    ],
  ],
  [
    'a label with a blank',
    'roles/bridge.yaml',
    'name: sagaline\n',
    'name: saga line\n',
    [
      'metadata.labels: "app.kubernetes.io/name: saga line" must be letters, digits, "-", "_" and ".", at most 63, and begin and end with a letter or a digit',
    ],
  ],
  [
    'a label of a pod that is too long',
    'roles/bridge.yaml',
    '    metadata:\n      labels:\n',
    `    metadata:\n      labels:\n        a: ${'b'.repeat(64)}\n`,
    [
      `spec.template.metadata.labels: "a: ${'b'.repeat(64)}" must be letters, digits, "-", "_" and ".", at most 63, and begin and end with a letter or a digit`,
    ],
  ],
  [
    'a selector of other pods',
    'roles/bridge.yaml',
    '    matchLabels:\n      app.kubernetes.io/name: sagaline\n      app.kubernetes.io/component: bridge\n',
    '    matchLabels:\n      app: bridge\n',
    ['spec.selector.matchLabels: the pods of spec.template have no label "app: bridge": give both the same'],
  ],
];

test.each(mistakes)('%s is told', (_, file, was, is, told) => {
  const text = read(file);
  expect(text).toContain(was);
  expect(problemsOf(text.replace(was, is))).toEqual(told);
});

test('a ConfigMap has keys that can be names of files', () => {
  const settings = (key: string) =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: settings }, data: { "${key}": x } }`;
  expect(problemsOf(settings('NATS_URL'))).toEqual([]);
  expect(problemsOf(settings('NATS URL'))).toEqual([
    'data: the key "NATS URL" must be letters, digits, "-", "_" and "."',
  ]);
});

const kinds = [{ group: 'example.com', version: 'v1', kind: 'Thing' }];
const documents = new Map([
  [
    'example.com/v1',
    {
      components: {
        schemas: {
          Thing: {
            'x-kubernetes-group-version-kind': kinds,
            description: 'prose',
            type: 'object',
            properties: {
              description: { type: 'string', default: 'a field, not prose' },
              parts: { type: 'array', items: { $ref: '#/components/schemas/Part' } },
              anything: { type: 'object', properties: {}, 'x-kubernetes-preserve-unknown-fields': true },
              byName: {
                type: 'object',
                additionalProperties: { type: 'object', properties: { a: { type: 'string' } } },
              },
              apiVersion: {},
              kind: {},
              metadata: {},
            },
          },
          Part: {
            type: 'object',
            properties: { size: { anyOf: [{ type: 'integer' }, { type: 'string' }] } },
          },
          Other: { type: 'object' },
        },
      },
    },
  ],
]);

test('of a server, the schemas of the kinds in use are kept, and what they refer to', () => {
  const { kinds: names, components } = reduced(['example.com/v1 Thing'], documents);
  expect(names).toEqual({ 'example.com/v1 Thing': 'Thing' });
  expect(Object.keys(components.schemas)).toEqual(['Part', 'Thing']);
  expect(components.schemas['Thing']).not.toHaveProperty('description');
  expect(components.schemas['Thing']).toHaveProperty('properties.description', { type: 'string' });
  expect(() => reduced(['example.com/v1 Thong'], documents)).toThrow(
    'the server has no schema of example.com/v1 Thong',
  );
});

test('where a schema keeps unknown fields, any field is accepted', () => {
  const recorded = { versions: { Kubernetes: '1.35.4' }, ...reduced(['example.com/v1 Thing'], documents) };
  const validate = validator(recorded);
  const thing = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' } };
  expect(validate({ ...thing, anything: { at: 'all' }, parts: [{ size: 1 }] })).toEqual([]);
  expect(
    validate({ ...thing, parts: [{ size: true }, { colour: 'red' }], byName: { any: { b: '' } } }),
  ).toEqual([
    { by: 'Kubernetes 1.35', text: 'parts[0].size must be an integer or a string, and is true' },
    { by: 'Kubernetes 1.35', text: 'parts[1].colour is not a field: remove it' },
    { by: 'Kubernetes 1.35', text: 'byName.any.b is not a field: remove it' },
  ]);
});

describe('the folders', () => {
  let folder: string;
  let kubectl: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sagaline-schemas-'));
    kubectl = path.join(folder, 'kubectl');
    // Prints what is in the folder instead of building it.
    writeFileSync(kubectl, '#!/bin/sh\ncat "$2/rendered.yaml"\n');
    chmodSync(kubectl, 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const put = (name: string, kind: string, rendered?: string) => {
    const at = path.join(folder, 'deploy/kubernetes', name);
    mkdirSync(at, { recursive: true });
    writeFileSync(path.join(at, 'kustomization.yaml'), `kind: ${kind}\n`);
    if (rendered !== undefined) writeFileSync(path.join(at, 'rendered.yaml'), rendered);
  };
  const right = read('roles/bridge.yaml');
  const wrong = right.replace('replicas:', 'replica:');

  test('a problem has the folder, the object and the field', () => {
    put('base/roles', 'Kustomization', right);
    put('base/scaling', 'Component');
    put('overlays/small/roles', 'Kustomization', wrong);
    expect(manifestProblems(folder, kubectl)).toEqual([
      `deploy/kubernetes/overlays/small/roles: Deployment sagaline-bridge: spec.replica is not a field: did you mean "replicas"? ${BOTH}`,
    ]);
  });

  test('a problem of the base is not repeated for each overlay', () => {
    put('base/roles', 'Kustomization', wrong);
    put('overlays/small/roles', 'Kustomization', wrong);
    expect(manifestProblems(folder, kubectl)).toEqual([
      expect.stringMatching(/^deploy\/kubernetes\/base\/roles: Deployment sagaline-bridge: spec\.replica is/),
    ]);
  });

  test.each(['kustomization.yml', 'Kustomization'])('a folder with %s is examined, too', (file) => {
    put('overlays/small/roles', 'Kustomization', wrong);
    const small = path.join(folder, 'deploy/kubernetes/overlays/small/roles');
    renameSync(path.join(small, 'kustomization.yaml'), path.join(small, file));
    expect(manifestProblems(folder, kubectl)).toEqual([
      expect.stringContaining('spec.replica is not a field'),
    ]);
  });

  test.each(['', '{ resources: [], resources: [] }'])('a file with "%s" is left to kustomize', (text) => {
    put('overlays/small/roles', 'Kustomization');
    writeFileSync(path.join(folder, 'deploy/kubernetes/overlays/small/roles/kustomization.yaml'), text);
    expect(manifestProblems(folder, kubectl)).toEqual([
      expect.stringContaining('overlays/small/roles: `kubectl kustomize`: '),
    ]);
  });

  test('an object without a version is refused', () => {
    expect(problemsOf('{ kind: Deployment, metadata: { name: a } }')).toEqual([
      expect.stringContaining('is not among the recorded kinds'),
    ]);
  });

  test('what kustomize refuses is told, and that kubectl is missing', () => {
    put('overlays/small/roles', 'Kustomization');
    expect(manifestProblems(folder, kubectl)).toEqual([
      expect.stringMatching(
        /^deploy\/kubernetes\/overlays\/small\/roles: `kubectl kustomize`: cat: .*rendered/,
      ),
    ]);
    expect(manifestProblems(folder, path.join(folder, 'nothing'))).toEqual([
      expect.stringContaining('ENOENT'),
    ]);
  });
});
