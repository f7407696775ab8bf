// Reads what the inspector shows out of AAS JSON (IDTA-01001): names, values as text, files, nested elements.
import type { Language, TextKey, Translate } from "../../i18n";

export interface LangString {
  language: string;
  text: string;
}

export interface Reference {
  type?: string;
  keys?: { type: string; value: string }[];
}

export interface Element {
  modelType: string;
  idShort?: string;
  displayName?: LangString[] | null;
  description?: LangString[] | null;
  semanticId?: Reference | null;
  valueType?: string;
  value?: unknown;
  contentType?: string;
  min?: string;
  max?: string;
  first?: Reference;
  second?: Reference;
  statements?: Element[];
}

export interface Submodel extends Element {
  id: string;
  submodelElements?: Element[];
  administration?: { version?: string; revision?: string } | null;
}

export interface Shell {
  id: string;
  idShort?: string;
  displayName?: LangString[] | null;
  description?: LangString[] | null;
  administration?: { version?: string; revision?: string } | null;
  assetInformation?: { assetKind?: string; globalAssetId?: string; assetType?: string; specificAssetIds?: { name: string; value: string }[] };
}

export function pickText(texts: LangString[] | null | undefined, language: Language): string {
  if (!texts?.length) return "";
  const base = language.slice(0, 2);
  const found = texts.find((entry) => entry.language === language) ?? texts.find((entry) => entry.language.slice(0, 2) === base);
  return (found ?? texts.find((entry) => entry.language.startsWith("en")) ?? texts[0])?.text ?? "";
}

export function referenceText(reference: Reference | null | undefined): string {
  return reference?.keys?.at(-1)?.value ?? "";
}

export function childrenOf(element: Element): Element[] {
  if (element.statements) return element.statements;
  if (element.modelType === "SubmodelElementCollection" || element.modelType === "SubmodelElementList") {
    return Array.isArray(element.value) ? (element.value as Element[]) : [];
  }
  return [];
}

/** The value as text; empty where the element has none of its own. */
export function elementText(element: Element, language: Language): string {
  switch (element.modelType) {
    case "MultiLanguageProperty":
      return pickText(element.value as LangString[] | undefined, language);
    case "Range":
      return `${element.min ?? ""} … ${element.max ?? ""}`;
    case "ReferenceElement":
      return referenceText(element.value as Reference | undefined);
    case "RelationshipElement":
    case "AnnotatedRelationshipElement":
      return `${referenceText(element.first)} → ${referenceText(element.second)}`;
    default:
      return typeof element.value === "string" || typeof element.value === "number" || typeof element.value === "boolean" ? String(element.value) : "";
  }
}

export interface FlatElement {
  path: string;
  name: string;
  value: string;
  valueType: string;
  level: number;
  element: Element;
}

function nameOf(element: Element, index: number, language: Language): string {
  return pickText(element.displayName, language) || element.idShort || `[${index}]`;
}

/** All elements in order, with their idShort paths and their depth. */
export function flatten(elements: readonly Element[], language: Language): FlatElement[] {
  const rows: FlatElement[] = [];
  const walk = (list: readonly Element[], above: string, level: number, isInList: boolean) => {
    list.forEach((element, index) => {
      const isIndexed = isInList || !element.idShort;
      const path = isIndexed ? `${above}[${index}]` : above ? `${above}.${element.idShort}` : (element.idShort as string);
      rows.push({ path, name: nameOf(element, index, language), value: elementText(element, language), valueType: element.valueType ?? "", level, element });
      walk(childrenOf(element), path, level + 1, element.modelType === "SubmodelElementList");
    });
  };
  walk(elements, "", 0, false);
  return rows;
}

/** What the groups that values stand in are called, by path: their own name where one has one, else the words of its id. */
export function groupNames(submodels: readonly Submodel[], language: Language): (path: string) => string {
  const names = new Map<string, string>();
  for (const submodel of submodels) {
    for (const row of flatten(submodel.submodelElements ?? [], language)) {
      if (row.element.displayName?.length) names.set(row.path, row.name);
    }
  }
  return (path) => {
    const steps = path.split(".");
    return steps.map((step, at) => names.get(steps.slice(0, at + 1).join(".")) ?? readable(step)).join(" · ");
  };
}

/** Fields of the IDTA nameplate (02006) and technical data (02003), which carry no names of their own. */
const KNOWN_FIELDS: Record<string, TextKey> = {
  URIOfTheProduct: "field.URIOfTheProduct",
  ManufacturerName: "field.ManufacturerName",
  ManufacturerProductDesignation: "field.ManufacturerProductDesignation",
  AddressInformation: "field.AddressInformation",
  Street: "field.Street",
  Zipcode: "field.Zipcode",
  CityTown: "field.CityTown",
  NationalCode: "field.NationalCode",
  ManufacturerProductRoot: "field.ManufacturerProductRoot",
  ManufacturerProductFamily: "field.ManufacturerProductFamily",
  ManufacturerProductType: "field.ManufacturerProductType",
  OrderCodeOfManufacturer: "field.OrderCodeOfManufacturer",
  ProductArticleNumberOfManufacturer: "field.ProductArticleNumberOfManufacturer",
  SerialNumber: "field.SerialNumber",
  YearOfConstruction: "field.YearOfConstruction",
  DateOfManufacture: "field.DateOfManufacture",
  HardwareVersion: "field.HardwareVersion",
  FirmwareVersion: "field.FirmwareVersion",
  SoftwareVersion: "field.SoftwareVersion",
  CountryOfOrigin: "field.CountryOfOrigin",
  UniqueFacilityIdentifier: "field.UniqueFacilityIdentifier",
  CompanyLogo: "field.CompanyLogo",
  Markings: "field.Markings",
  MarkingName: "field.MarkingName",
  GeneralInformation: "field.GeneralInformation",
  ManufacturerArticleNumber: "field.ManufacturerArticleNumber",
  ManufacturerOrderCode: "field.ManufacturerOrderCode",
  ProductImage: "field.ProductImage",
  ProductClassifications: "field.ProductClassifications",
  ClassificationSystem: "field.ClassificationSystem",
  ClassificationSystemVersion: "field.ClassificationSystemVersion",
  ProductClassId: "field.ProductClassId",
  ProductClassCodedName: "field.ProductClassCodedName",
  ProductClassName: "field.ProductClassName",
  TechnicalProperties: "field.TechnicalProperties",
  TechnicalPropertyAreas: "field.TechnicalPropertyAreas",
  FurtherInformation: "field.FurtherInformation",
  TextStatement: "field.TextStatement",
  ValidDate: "field.ValidDate",
  ContactInformation: "field.ContactInformation",
  Phone: "field.Phone",
  Email: "field.Email",
  Language: "field.Language",
};

const ASSET_KINDS: Record<string, TextKey> = { Instance: "assetKind.Instance", Type: "assetKind.Type", NotApplicable: "assetKind.NotApplicable" };

/** What sort of asset a shell describes; a sort that is not known is told as it is written. */
export function assetKindName(kind: string, text: Translate): string {
  const known = ASSET_KINDS[kind];
  return known ? text(known) : kind;
}

/** The name of a field as a person reads it, in the reader's language where it is a standard one. */
export function fieldName(idShort: string, text: Translate): string {
  const known = KNOWN_FIELDS[idShort];
  return known ? text(known) : readable(idShort);
}

const SPLIT_WORDS = /([a-z0-9])([A-Z])/g;

/** "SerialNumber" reads better as "Serial number"; ids with other signs stay as they are. */
export function readable(idShort: string): string {
  if (!/^[A-Za-z0-9]+$/.test(idShort) || !/[a-z][A-Z]/.test(idShort)) return idShort;
  const words = idShort.replace(SPLIT_WORDS, "$1 $2");
  return words.charAt(0) + words.slice(1).replace(/ [A-Z](?=[a-z])/g, (found) => found.toLowerCase());
}
