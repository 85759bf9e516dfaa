package dev.signalbox.gateway.files;

import dev.signalbox.platform.config.ConfigProblems;
import dev.signalbox.platform.config.Setting;

/**
 * Section {@code files}: how the gateway shows files.
 *
 * @param cacheControl value of Cache-Control with a file; empty for none
 * @param disposition what a file other than {@code .html} is unless the request says
 * @param cacheBytes memory of each event loop for small files, bytes; 0 to 1 GiB
 */
public record FilesConfig(
    @Setting(value = "no-cache", doc = "Value of Cache-Control with a file; empty for none")
        String cacheControl,
    @Setting(
            value = "attachment",
            doc =
                "attachment: files but .html are downloads unless ?disposition=inline; inline: files"
                    + " have their real media type unless ?disposition=attachment")
        Disposition disposition,
    @Setting(
            value = "8388608",
            doc = "Memory of each event loop for small files, bytes; 0 to 1073741824")
        long cacheBytes) {

  /** What a browser should do with a file. */
  public enum Disposition {
    /** Save it. */
    ATTACHMENT,
    /** Show it. */
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
