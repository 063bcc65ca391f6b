/**
 * The currencies that an order may have: the active codes of ISO 4217, with the number of digits of their minor unit. They
 * are from list one of the standard as published on 2026-01-01 (SIX, the maintenance agency; a copy is `table.xml` of the package
 * iso4217 1.16.20260101 on PyPI), without the 13 codes that have no minor unit: metals, units of account, XTS, XXX.
 *
 * `Intl.supportedValuesOf('currency')` is unsuitable: it has historic codes, and ICU's digits are those that people use
 * (IQD 0), not those of the standard (IQD 3), by which payment providers count.
 */
const BY_DIGITS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE ' +
    'CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD ' +
    'HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK ' +
    'MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD ' +
    'RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH ' +
    'USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

const DIGITS: ReadonlyMap<string, number> = new Map(
  Object.entries(BY_DIGITS).flatMap(([digits, codes]) =>
    codes.split(' ').map((code) => [code, Number(digits)] as const),
  ),
);

/** All codes, sorted. */
export const CURRENCIES: readonly string[] = [...DIGITS.keys()].sort();

/** The number of decimal places of an amount in the currency: 2 for EUR, 0 for JPY; `undefined` for a code that is not listed. */
export function minorDigits(currency: string): number | undefined {
  return DIGITS.get(currency);
}
