package dev.signalbox.file.upload;

import dev.signalbox.contracts.ServiceException;
import dev.signalbox.file.tree.FileRoot;
import dev.signalbox.file.tree.FileRoot.Barred;
import dev.signalbox.file.tree.TreePath;
import java.io.IOException;

/** Whether a client may store a file at a path. */
sealed interface UploadTarget {

  int LAST_CONTROL = 0x1f;
  int DELETE = 0x7f;

  /** It may. */
  record Writable(TreePath path) implements UploadTarget {}

  /** It may not. */
  record Forbidden(String message) implements UploadTarget {}

  /**
   * Judges a path.
   *
   * @param field where the request has it
   * @throws ServiceException INVALID_REQUEST when it cannot be that of a file
   */
  static UploadTarget of(FileRoot root, String asked, String field) throws IOException {
    return switch (TreePath.parse(asked)) {
      case TreePath.Outside(String message) -> new Forbidden(message);
      case TreePath.TooLong(String message) -> throw ServiceException.invalid(field, message);
      case TreePath.Inside(TreePath path) when path.root() || path.slashAtEnd() ->
          throw ServiceException.invalid(field, "names a directory, not a file");
      case TreePath.Inside(TreePath path) -> {
        // A NUL is part of an escape of PathText.
        if (!asked.chars().allMatch(c -> c == 0 || (c > LAST_CONTROL && c != DELETE))) {
          throw ServiceException.invalid(field, "holds control characters");
        }
        yield root.find(path.parent()) instanceof Barred(String message)
            ? new Forbidden(message)
            : new Writable(path);
      }
    };
  }
}
