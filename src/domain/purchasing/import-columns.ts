/**
 * Which column of somebody's file is which of ours. Names are compared without case, spaces and signs, so "PO Number", "po_number" and "PO_NUMBER" are one.
 * The names are those of our own exports, of Inventory Planner's stock-order, variant-warehouse and vendor files, and of what Stocky users export; Stocky's
 * exports have no documented form, which is why several names are taken for each.
 */
export type ImportFile = 'suppliers' | 'supplier-items' | 'purchase-orders' | 'min-max' | 'receipt';
export interface ImportError { line: number; field: string; message: string }

const NAMES: Record<ImportFile, Record<string, readonly string[]>> = {
  suppliers: {
    name: ['Supplier', 'Supplier name', 'Vendor', 'Vendor name', 'Name', 'Company'], email: ['Email', 'E-mail', 'Email address', 'Contact email', 'Supplier email'], contact: ['Contact', 'Contact name', 'Attn'], address: ['Address', 'Vendor address', 'Supplier address'],
    currency: ['Currency', 'Currency code'], leadTimeDays: ['Lead time days', 'Lead time', 'Leadtime', 'Default lead time', 'Lead time (days)'], leadTimeToleranceDays: ['Lead time tolerance days'], orderDays: ['Order days'], minOrderCost: ['Minimum order value', 'Min order', 'Minimum order', 'Minimum order amount'],
    minOrderUnits: ['Minimum order units', 'Minimum order quantity'], containerVolumeCm3: ['Container volume cm3'], containerWeightG: ['Container weight g'], minimumCounts: ['Minimum counts'], mostContainers: ['Most containers'], fillContainer: ['Fill containers', 'Fill container'], budget: ['Planning budget', 'Budget'], budgetPer: ['Budget per'], paymentTerms: ['Payment terms', 'Terms'], notes: ['Notes', 'Note', 'Comments'], active: ['Active'],
  },
  'supplier-items': {
    supplier: ['Supplier', 'Supplier name', 'Vendor', 'Vendor name', 'Vendor_id'], sku: ['SKU', 'Variant SKU', 'Code'], barcode: ['Barcode', 'UPC', 'EAN'], variantId: ['Variant id', 'Variant_ID', 'Shopify variant id', 'ID', 'Product id'], supplierSku: ['Supplier SKU', 'Supplier code', 'Vendor reference', 'Vendor SKU', 'Supplier product code'],
    unitCost: ['Unit cost', 'Cost price', 'Cost', 'Price', 'Supplier cost'], currency: ['Currency'], moq: ['MOQ', 'Minimum order quantity', 'Min order quantity', 'Vendor packaging'], casePack: ['Case pack', 'UOM', 'Uom ordering', 'Pack size', 'Case quantity', 'Units per case'], priceBreaks: ['Price breaks', 'Tier prices'],
    volumeCm3: ['Volume cm3'], weightG: ['Weight g', 'Gross weight'], leadTimeDays: ['Lead time days', 'Lead time', 'Vendor lead time'], preferred: ['Preferred', 'Default', 'Primary'], removed: ['Removed'],
  },
  'purchase-orders': {
    id: ['ID', 'PO id', 'Purchase order id', 'Stock order id'], reference: ['Reference', 'Purchase order', 'PO number', 'PO', 'PO name', 'Purchase order number', 'Order number', 'Number', 'Purchase number'], supplier: ['Vendor', 'Supplier', 'Supplier name', 'Vendor name'], location: ['Warehouse', 'Location', 'Destination', 'Receive location', 'Location name'],
    status: ['Status', 'State', 'PO status'], currency: ['Currency', 'Currency code'], orderedOn: ['Created date', 'Ordered on', 'Order date', 'Date', 'Created at', 'Ordered at', 'Purchase date', 'Generated at', 'PO date'], expectedOn: ['Expected date', 'Expected on', 'ETA', 'Expected', 'Expected arrival', 'Due date', 'Arrival date', 'Ship date'],
    receivedOn: ['Received date', 'Received on', 'Received at', 'Date received'], sku: ['SKU', 'Variant SKU', 'Product SKU', 'Code'], barcode: ['Barcode', 'UPC', 'EAN'], variantId: ['Variant id', 'Variant_ID', 'Shopify variant id', 'Product id'], supplierSku: ['Supplier SKU', 'Supplier code', 'Vendor reference', 'Supplier product code'],
    ordered: ['Replenishment', 'Ordered', 'Quantity', 'Quantity ordered', 'Ordered quantity', 'Order quantity', 'Units'], received: ['Received', 'Received quantity', 'Quantity received', 'Total received'], unitCost: ['Cost price', 'Unit cost', 'Cost', 'Cost per unit', 'Price', 'Supplier cost'], notes: ['Notes', 'Note'], type: ['Type'], removed: ['Removed'],
  },
  'min-max': {
    sku: ['SKU', 'Variant SKU', 'Code'], barcode: ['Barcode', 'UPC', 'EAN'], variantId: ['Variant id', 'Variant_ID', 'Shopify variant id', 'Product id'], location: ['Warehouse id', 'Warehouse', 'Location', 'Location name'], minStock: ['Min stock', 'Minimum stock', 'Min', 'Minimum', 'Low stock', 'Reorder point', 'Min level', 'Minimum level'],
    maxStock: ['Max stock', 'Maximum stock', 'Max', 'Maximum', 'Max level', 'Maximum level', 'Restock level'], removed: ['Removed'],
  },
  receipt: { sku: ['SKU', 'Variant SKU', 'Code', 'Item'], barcode: ['Barcode', 'UPC', 'EAN', 'GTIN'], supplierSku: ['Supplier SKU', 'Vendor reference', 'Article', 'Supplier code'], quantity: ['Quantity', 'Received', 'Units', 'Quantity received', 'Delivered'], damaged: ['Damaged', 'Rejected'] },
};
/** Without one of each of these groups a file cannot be read. */
const WANTED: Record<ImportFile, readonly (readonly string[])[]> = {
  suppliers: [['name']], 'supplier-items': [['supplier'], ['sku', 'barcode', 'variantId']], 'purchase-orders': [['reference', 'id'], ['supplier'], ['sku', 'barcode', 'variantId'], ['ordered']], 'min-max': [['sku', 'barcode', 'variantId'], ['minStock', 'maxStock']], receipt: [['sku', 'barcode', 'supplierSku'], ['quantity']],
};

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
// A spreadsheet's short word for a quantity, taken in any of the names above.
const spoken = (name: string): string => plain(name).replaceAll(/q[t]y/g, 'quantity');

/** Field → column of the file, what is missing in words, and columns nobody asked for. The first fitting name wins. */
export function columnsOf(file: ImportFile, header: readonly string[]): { columns: Record<string, string>; missing: string[]; ignored: string[] } {
  const columns: Record<string, string> = {}, taken = new Set<string>();
  for (const [field, names] of Object.entries(NAMES[file])) {
    for (const name of names) {
      const column = header.find((one) => !taken.has(one) && spoken(one) === spoken(name));
      if (column === undefined) continue;
      columns[field] = column;
      taken.add(column);
      break;
    }
  }
  return {
    columns, ignored: header.filter((one) => !taken.has(one)),
    missing: WANTED[file].filter((group) => !group.some((field) => columns[field] !== undefined)).map((group) => group.map((field) => NAMES[file][field]![0]).join(' or ')),
  };
}
