package dev.signalbox.gateway.files;

import dev.signalbox.platform.config.ConfigProblems;
import dev.signalbox.platform.config.Setting;

/** Section {@code files}: how the gateway serves files. */
public record FilesConfig(
    @Setting(value = "no-cache", doc = "Cache-Control of a file; empty for none")
        String cacheControl,
    @Setting(
            value = "attachment",
            doc =
                "Default for files other than .html: attachment, a download, or inline, with the"
                    + " file's media type; ?disposition= overrides it")
        Disposition disposition,
    @Setting(value = "33554432", doc = "Cache of small files, bytes; 0 to 1073741824")
        long cacheBytes) {

  /** How a browser handles a file. */
  public enum Disposition {
    /** It saves the file. */
    ATTACHMENT,
    /** It shows the file. */
    INLINE
  }

  public FilesConfig {
    ConfigProblems.of("files")
        .check(
            cacheControl.chars().allMatch(c -> c >= ' ' && c <= '~'),
            "cache-control",
            "must be printable ASCII on one line")
        .range("cache-bytes", cacheBytes, 0, 1 << 30)
        .throwIfAny();
  }
}
