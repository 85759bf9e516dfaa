package dev.signalbox.file.upload;

import dev.signalbox.contracts.file.ResumableUpload;
import dev.signalbox.file.tree.TreePath;
import org.jspecify.annotations.Nullable;

/**
 * What is kept on disk of a resumable upload beside its bytes. Replicas of two versions may share
 * it, so components are added and never renamed.
 *
 * @param path where the file will be, or is
 * @param lengthBytes bytes of the whole; -1 when not known yet
 * @param metadata as the creator sent it
 * @param concat as the creator sent it
 * @param ifMatch condition on what is at the path
 * @param ifNoneMatch condition on what is at the path
 * @param expiresAtEpochMs from then on it is removed
 * @param uncheckedFrom bytes from here on have a checksum that was not compared; -1 for none
 * @param stage how far it is
 */
record ResumableFacts(
    String path,
    long lengthBytes,
    @Nullable String metadata,
    @Nullable String concat,
    @Nullable String ifMatch,
    @Nullable String ifNoneMatch,
    long expiresAtEpochMs,
    long uncheckedFrom,
    Stage stage) {

  /** How far an upload is. */
  enum Stage {
    /** Bytes are missing, or it is a part of another upload. */
    GROWING,
    /** All bytes are there; if they are gone from here, they are at the path. */
    PLACING,
    /** It is a visible file. */
    STORED
  }

  boolean partial() {
    return "partial".equals(concat);
  }

  /** Whether it is made of other uploads. */
  boolean concatenated() {
    return concat != null && !partial();
  }

  /** Where the file will be, or is; null when the path cannot be one. */
  @Nullable TreePath at() {
    return TreePath.parse(path) instanceof TreePath.Inside(TreePath inside) ? inside : null;
  }

  /** The file it will replace, if there is one; null for a part, which replaces none. */
  @Nullable TreePath target() {
    return partial() ? null : at();
  }

  /** How far it is when its own file has so many bytes. */
  long offset(long size) {
    return uncheckedFrom < 0 ? size : Math.min(size, uncheckedFrom);
  }

  /** The state for a client. */
  ResumableUpload state(String id, long offset) {
    return new ResumableUpload(id, offset, lengthBytes, metadata, concat, expiresAtEpochMs, null);
  }

  /** The state of an upload that is a visible file. */
  ResumableUpload stored(String id, String at) {
    return new ResumableUpload(
        id, lengthBytes, lengthBytes, metadata, concat, expiresAtEpochMs, at);
  }

  /** Whether so many bytes are all. */
  boolean completeAt(long bytes) {
    return bytes == lengthBytes;
  }

  ResumableFacts growing(long length, long unchecked, long expires) {
    return new ResumableFacts(
        path, length, metadata, concat, ifMatch, ifNoneMatch, expires, unchecked, Stage.GROWING);
  }

  ResumableFacts at(Stage next, long expires) {
    return new ResumableFacts(
        path, lengthBytes, metadata, concat, ifMatch, ifNoneMatch, expires, -1, next);
  }
}
