export function WarehousesPage() { return null; }
