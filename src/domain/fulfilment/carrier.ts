/**
 * Carrier names: what a warehouse calls them → what Shopify knows, so that it builds the tracking link. The list is of the type of tracking information in the
 * official Admin schema 2026-10; a name found nowhere is passed on as it is, which Shopify shows without a link.
 */
const KNOWN = `4PX|AGS|Amazon|Amazon Logistics UK|An Post|Anjun Logistics|APC|Asendia USA|Australia Post|Bonshaw|BPost|BPost International|Canada Post|Canpar|CDL Last Mile|China Post|Chronopost|Chukou1|
Colissimo|Comingle|Coordinadora|Correios|Correos|CTT|CTT Express|Cyprus Post|Delnext|Deutsche Post|DHL eCommerce|DHL eCommerce Asia|DHL Express|DPD|DPD Local|DPD UK|DTD Express|DX|Eagle|Estes|Evri|FedEx|
First Global Logistics|First Line|FSC|Fulfilla|GLS|Iceland Post|IDEX|Israel Post|La Poste Colissimo|Lasership|Latvia Post|Lietuvos Paštas|Logisters|Lone Star Overnight|M3 Logistics|Meteor Space|Mondial Relay|
New Zealand Post|NinjaVan|OnTrac|Packeta|Pago Logistics|Pitney Bowes|Portal PostNord|Poste Italiane|PostNL|PostNord DK|PostNord NO|PostNord SE|Purolator|Qxpress|Qyun Express|Royal Mail|Royal Shipments|Sagawa (EN)|
Sendle|SF Express|ShipBob|Singapore Post|Southwest Air Cargo|StarTrack|Step Forward Freight|Swiss Post|TForce Final Mile|Tinghao|TNT|Toll IPEC|United Delivery Service|UPS|USPS|Venipak|We Post|Whistl|Wizmo|WMYC|
Xpedigo|XPO Logistics|Yamato (EN)|YiFan Express|YunExpress|Aramex Australia|TNT Australia|Österreichische Post|Speedy|Intelcom|BoxKnight|Loomis|Zásilkovna|Deutsche Post (DE)|Deutsche Post (EN)|DHL|Swiship|Hermes|SEUR|
Colis Privé|Parcelforce|Yodel|DHL Parcel|Tuffnells|ACS Courier|Fastway|DPD Ireland|DTDC|India Post|Delhivery|Gati KWE|Professional Couriers|BRT|GLS Italy|Bring|Inpost|PTT|Yurtiçi Kargo|Aras Kargo|Sürat Kargo|LSO|Skynet`
  .split('|').map((name) => name.trim());

/** Names warehouses use for the same carriers. Keys as `plain` makes them. */
const ALIASES: Readonly<Record<string, string>> = {
  royalmail: 'Royal Mail', rm: 'Royal Mail', royalmailgroup: 'Royal Mail', hermesuk: 'Evri', myhermes: 'Evri', evriuk: 'Evri', dpduk: 'DPD UK', dpdgroupuk: 'DPD UK', dpdlocal: 'DPD Local', dhlexpressworldwide: 'DHL Express',
  dhlexp: 'DHL Express', dhlgermany: 'DHL', dhlpaket: 'DHL', deutschepostdhl: 'DHL', dhlglobalmail: 'DHL eCommerce', unitedparcelservice: 'UPS', upsground: 'UPS', unitedstatespostalservice: 'USPS', uspostalservice: 'USPS',
  federalexpress: 'FedEx', fedexground: 'FedEx', fedexexpress: 'FedEx', postnord: 'Portal PostNord', laposte: 'La Poste Colissimo', inpostuk: 'Inpost', auspost: 'Australia Post', canpost: 'Canada Post', postescanada: 'Canada Post',
  nzpost: 'New Zealand Post', swisspost: 'Swiss Post', lapostesuisse: 'Swiss Post', parcelforceworldwide: 'Parcelforce', amazonlogistics: 'Amazon', amzl: 'Amazon', amazonshipping: 'Amazon Logistics UK', sfexpress: 'SF Express', bpostinternational: 'BPost International',
};

const plain = (name: string): string => name.toLowerCase().normalize('NFD').replaceAll(/[^a-z0-9]/g, '');
const byPlain = new Map(KNOWN.map((name) => [plain(name), name]));

/** Shopify's name of a carrier, and whether it knows it. Null for none given. */
export function carrierName(given: string | null): { company: string; known: boolean } | null {
  if (given === null || given.trim() === '') return null;
  const key = plain(given);
  const known = byPlain.get(key) ?? ALIASES[key];
  return known === undefined ? { company: given.trim(), known: false } : { company: known, known: true };
}
