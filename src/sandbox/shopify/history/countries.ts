/** ISO 3166 codes of the country names the Online Retail file uses. */
const CODES: Record<string, string> = {
  'United Kingdom': 'GB', EIRE: 'IE', Germany: 'DE', France: 'FR', Spain: 'ES', Netherlands: 'NL', Belgium: 'BE', Switzerland: 'CH', Portugal: 'PT', Australia: 'AU',
  Norway: 'NO', Italy: 'IT', 'Channel Islands': 'JE', Finland: 'FI', Cyprus: 'CY', Sweden: 'SE', Austria: 'AT', Denmark: 'DK', Japan: 'JP', Poland: 'PL', Israel: 'IL',
  USA: 'US', 'Hong Kong': 'HK', Singapore: 'SG', Iceland: 'IS', Canada: 'CA', Greece: 'GR', Malta: 'MT', 'United Arab Emirates': 'AE', RSA: 'ZA', Lebanon: 'LB',
  Lithuania: 'LT', Brazil: 'BR', 'Czech Republic': 'CZ', Bahrain: 'BH', 'Saudi Arabia': 'SA',
};

/** Two-letter code of a name or code; null when the place is unknown or unspecified. */
export function countryCode(name: string): string | null {
  return CODES[name] ?? (/^[A-Z]{2}$/.test(name) ? name : null);
}
