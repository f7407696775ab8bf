// The papers and models of the selected thing: opened in the page where the browser can, else downloaded.
import { Anchor, Button, Modal } from "@mantine/core";
import { useMemo, useState } from "react";
import { localName, useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import { pathId } from "../live";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import type { Selected } from "../state";
import { flatten, pickText, readable } from "./_aas";
import css from "./inspector.module.css";
import { useSubmodels } from "./_submodels";

interface FoundFile {
  key: string;
  name: string;
  owner: string;
  mediaType: string;
  fileName: string;
  url: string;
  isModel: boolean;
}

const SHOWN_IN_PAGE = /^(image\/(png|jpeg|gif|webp|avif)|application\/pdf|text\/(plain|html))/;
const IS_MODEL = /gltf|model\/|\.glb|\.gltf|\.usd|\.step|\.stp|\.ifc/i;

/** Submodels whose files serve the picture, not a reader. */
const INNER = /SceneBehaviour/;

function isForeign(path: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(path);
}

function useFiles(selected: Selected) {
  const language = useLanguage();
  const ids = useMemo(
    () => (selected.submodel ? [selected.submodel] : (selected.twin?.submodels ?? [])).filter((part) => !INNER.test(part.semanticId)).map((part) => part.id),
    [selected.submodel, selected.twin],
  );
  const fetched = useSubmodels(ids);
  const files = useMemo(
    () =>
      fetched.submodels.flatMap((submodel) =>
        flatten(submodel.submodelElements ?? [], language)
          .filter((row) => row.element.modelType === "File" && row.value !== "")
          .map((row): FoundFile => {
            const mediaType = row.element.contentType ?? "";
            const attachment = `/submodels/${pathId(submodel.id)}/submodel-elements/${encodeURIComponent(row.path)}/attachment`;
            return {
              key: `${submodel.id}#${row.path}`,
              name: row.name.startsWith("[") || row.name === row.element.idShort ? (row.value.split("/").at(-1) ?? row.name) : row.name,
              owner: pickText(submodel.displayName, language) || readable(submodel.idShort ?? ""),
              mediaType,
              fileName: row.value.split("/").at(-1) ?? row.value,
              url: isForeign(row.value) ? row.value : attachment,
              isModel: IS_MODEL.test(mediaType) || IS_MODEL.test(row.value),
            };
          }),
      ),
    [fetched.submodels, language],
  );
  return { ...fetched, files };
}

function FileRow({ file, onOpen }: { file: FoundFile; onOpen(): void }) {
  const text = useText();
  const canOpen = SHOWN_IN_PAGE.test(file.mediaType) && !isForeign(file.url);
  return (
    <li className={css.file}>
      <Icon name={file.isModel ? "cube" : "file"} size={18} className={css.fileIcon} />
      <div className={css.fileText}>
        <span className="x-ellipsis" title={file.fileName}>
          {file.name}
        </span>
        <span className={css.fileSub}>{[file.owner, file.mediaType].filter(Boolean).join(" · ")}</span>
      </div>
      {canOpen ? (
        <Button variant="default" size="compact-sm" onClick={onOpen}>
          {text("files.open")}
        </Button>
      ) : null}
      {isForeign(file.url) ? (
        <Anchor href={file.url} target="_blank" rel="noreferrer noopener" size="sm">
          {text("files.elsewhere")}
        </Anchor>
      ) : (
        <Button variant="subtle" size="compact-sm" component="a" href={file.url} download={file.fileName} aria-label={text("files.downloadOne", { name: file.name })}>
          <Icon name="download" size={14} />
        </Button>
      )}
    </li>
  );
}

export function FilesTab({ selected }: { selected: Selected }) {
  const text = useText();
  const language = useLanguage();
  const { files, isLoading, error } = useFiles(selected);
  const [opened, setOpened] = useState<FoundFile | null>(null);
  const { place } = selected;
  if (error) return <ErrorNote error={error} />;
  if (isLoading) return <LoadingNote />;
  return (
    <div>
      {place?.model ? (
        <section className={css.group}>
          <h3 className={css.groupName}>{text("files.inWorld")}</h3>
          <dl className={css.facts}>
            <div className={css.fact}>
              <dt>{text("files.place")}</dt>
              <dd>{localName(place.name, language, place.id)}</dd>
            </div>
            <div className={css.fact}>
              <dt>{text("files.position")}</dt>
              <dd>{place.position.map((number) => number.toFixed(2)).join(", ")}</dd>
            </div>
            <div className={css.factWide}>
              <dt>{text("files.model")}</dt>
              <dd>
                <Anchor href={`/api/assets/${place.model}`} download={`${place.id}.glb`} size="sm" className="x-mono">
                  {place.model.slice(0, 16)}
                </Anchor>
              </dd>
            </div>
          </dl>
        </section>
      ) : null}
      {files.length === 0 ? (
        <EmptyNote icon="file" title={text("files.empty")}>
          {text("files.emptyHint")}
        </EmptyNote>
      ) : (
        <section className={css.group}>
          <h3 className={css.groupName}>{text("files.documents")}</h3>
          <ul className={css.list}>
            {files.map((file) => (
              <FileRow key={file.key} file={file} onOpen={() => setOpened(file)} />
            ))}
          </ul>
        </section>
      )}
      <Modal opened={opened !== null} onClose={() => setOpened(null)} title={opened?.name} size="80%" closeButtonProps={{ "aria-label": text("common.close") }} attributes={{ header: { role: "presentation" } }}>
        {opened?.mediaType.startsWith("image/") ? <img src={opened.url} alt={opened.name} className={css.image} /> : null}
        {opened && !opened.mediaType.startsWith("image/") ? <iframe src={opened.url} title={opened.name} className={css.document} sandbox="" /> : null}
      </Modal>
    </div>
  );
}
