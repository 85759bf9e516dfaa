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
        long cacheBytes,
    @Setting(value = "false", doc = "Shows a folder without an index.html as a page that lists it")
        boolean listing,
    @Setting(value = "2", doc = "Archives of folders sent at once; 0: none; 0 to 1000")
        int maxArchives,
    @Setting(value = "100000", doc = "Most files in an archive; 1 to 1000000")
        int maxArchiveEntries,
    @Setting(
            value = "10737418240",
            doc = "Most bytes of all files in an archive; 1 to 1125899906842624")
        long maxArchiveBytes,
    @Setting(
            value = "268435456",
            doc = "Longest content that a digest is made of, bytes; 0: none; 0 to 1099511627776")
        long maxDigestBytes) {

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
        .range("max-archives", maxArchives, 0, 1_000)
        .range("max-archive-entries", maxArchiveEntries, 1, 1_000_000)
        .range("max-archive-bytes", maxArchiveBytes, 1, 1L << 50)
        .range("max-digest-bytes", maxDigestBytes, 0, 1L << 40)
        .throwIfAny();
  }
}
