import { z } from 'zod';
import { needsPostalCode } from '../postal-codes';
import { line } from './shapes';

/** A phone number for the carrier, in whatever way the customer writes it: `+44 20 7946 0958 ext. 12`. */
const phone = line(40).refine(
  (text) => (text.match(/\p{Nd}/gu)?.length ?? 0) >= 3,
  'must be a phone number: at least three digits',
);

/**
 * Where a parcel goes, in any script. Only the carrier knows whether the place exists. An address without a postal code
 * leaves the field out; it is never empty.
 */
export const address = z
  .strictObject({
    name: line(100),
    street: line(200),
    street2: line(200).optional().describe('A flat, a floor, c/o.'),
    postalCode: line(16).optional(),
    city: line(100),
    region: line(100).optional().describe('A state, a province, a prefecture.'),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'must be a two-letter ISO 3166 country code')
      .max(2)
      .describe('ISO 3166-1 alpha-2.'),
    phone: phone.optional(),
  })
  .superRefine(({ country, postalCode }, context) => {
    if (postalCode !== undefined || !needsPostalCode(country)) return;
    context.addIssue({
      code: 'custom',
      path: ['postalCode'],
      message: `is missing: an address in ${country} needs one`,
    });
  })
  .meta({ rules: ['postalCode may be left out where the country has no postal codes'] });

/** The address of all examples. */
export const exampleAddress: z.infer<typeof address> = {
  name: 'Ada Lovelace',
  street: 'St. James Square 12',
  postalCode: 'SW1Y',
  city: 'London',
  country: 'GB',
};
