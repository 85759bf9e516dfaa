package dev.signalbox.gateway.files;

import dev.signalbox.contracts.file.PathText;

/**
 * The path of a folder.
 *
 * @param path {@link PathText}, beginning and ending with a slash, without empty names
 */
record FolderPath(String path) {

  /** The folder that a decoded path names, with or without a slash at its end. */
  static FolderPath of(String path) {
    return new FolderPath((path + "/").replaceAll("/{2,}", "/"));
  }

  boolean root() {
    return path.length() == 1;
  }

  /** The path without the slash at its end. */
  String withoutSlash() {
    return path.substring(0, path.length() - 1);
  }

  /** The path of a file directly in it. */
  String child(String name) {
    return path + name;
  }

  /** Its own name for a reader; {@code otherwise} for the root. */
  String name(String otherwise) {
    if (root()) {
      return otherwise;
    }
    String whole = withoutSlash();
    return PathText.readable(whole.substring(whole.lastIndexOf('/') + 1));
  }

  /** The rest of a path below it. */
  String relative(String below) {
    return below.substring(path.length());
  }
}
