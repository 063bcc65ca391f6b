import type { Assets } from '../assets/assets';
import type { Viewer } from '../server/viewer';
import type { Html, Part } from './html';
import { html } from './html';

export interface Page {
  readonly title: string;
  readonly body: Part;
  /** Path of the page in the navigation. */
  readonly section?: Section | undefined;
}

const SECTIONS = {
  '/': 'Overview',
  '/struggling': 'Struggling and stuck',
  '/sagas': 'Sagas',
  '/dead-letters': 'Dead letters',
  '/bulk': 'Many at once',
  '/streams': 'Streams',
  '/switches': 'Switches',
  '/deploys': 'Deploys',
  '/throughput': 'Throughput',
  '/audit': 'Audit',
} as const;
export type Section = keyof typeof SECTIONS;

export interface Frame {
  readonly assets: Pick<Assets, 'cssPath' | 'scriptPath'>;
  /** Who is signed in; `undefined` on the page to sign in. */
  readonly viewer?: Viewer | undefined;
  /** Without tokens: the page says that anyone on this machine may use it. */
  readonly isOpen: boolean;
}

/** The whole document around a page. */
export function layout({ title, body, section }: Page, { assets, viewer, isOpen }: Frame): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Sagaline</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="${assets.cssPath}" />
        <script src="${assets.scriptPath}" defer></script>
      </head>
      <body>
        <a class="skip" href="#content">To the content</a>
        <header>
          <a class="brand" href="/">Sagaline</a>
          ${viewer && navigation(section)} ${viewer && whoIs(viewer, isOpen)}
        </header>
        <main id="content" tabindex="-1">
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`.toString();
}

function navigation(section: Section | undefined): Html {
  return html`<nav aria-label="Pages">
    ${Object.entries(SECTIONS).map(([path, name]) =>
      path === section
        ? html`<a href="${path}" aria-current="page">${name}</a>`
        : html`<a href="${path}">${name}</a>`,
    )}
  </nav>`;
}

function whoIs({ operator, canOperate, canApprove, csrf }: Viewer, isOpen: boolean): Html {
  if (isOpen)
    return html`<p class="who">
      ${operator.name}, <strong>open</strong>: anyone on this machine may use this console
    </p>`;
  return html`<form class="who" method="post" action="/logout">
    <span>${operator.name}, ${canOperate ? 'operator' : canApprove ? 'approver' : 'viewer'}</span>
    ${csrfField(csrf)}<button class="quiet">Sign out</button>
  </form>`;
}

export function csrfField(csrf: string): Html {
  return html`<input type="hidden" name="csrf" value="${csrf}" />`;
}
