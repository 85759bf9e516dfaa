package dev.signalbox.dnsclient.host;

import dev.signalbox.contracts.net.IpLiteral;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A hosts file (hosts(5)): addresses of names that are known without asking. */
public final class HostsFile {

  private static final Logger LOG = LoggerFactory.getLogger(HostsFile.class);
  private static final long LONGEST_FILE = 8 << 20;

  private final Path file;
  private volatile Content content = new Content(null, Map.of());

  private record Version(FileTime modified, long size) {}

  private record Content(@Nullable Version version, Map<String, List<InetAddress>> hosts) {}

  /** A file that has not been read yet, which therefore knows nothing. */
  public HostsFile(Path file) {
    this.file = file;
  }

  /** Reads the file if it has changed. Blocks. What cannot be read leaves what was known. */
  public void refresh() {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      Version version = new Version(found.lastModifiedTime(), found.size());
      if (content.version() == null || !version.equals(content.version())) {
        content = new Content(version, read(version.size()));
      }
    } catch (NoSuchFileException _) {
      content = new Content(null, Map.of());
    } catch (IOException e) {
      LOG.warn("the hosts file stays as it was: {}", e.toString());
    }
  }

  private Map<String, List<InetAddress>> read(long size) throws IOException {
    if (size > LONGEST_FILE) {
      throw new IOException(file + " is longer than " + LONGEST_FILE + " bytes");
    }
    return parse(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
  }

  static Map<String, List<InetAddress>> parse(String text) {
    Map<String, List<InetAddress>> hosts = new HashMap<>();
    for (String line : text.lines().toList()) {
      int comment = line.indexOf('#');
      String[] words = (comment < 0 ? line : line.substring(0, comment)).strip().split("\\s+", -1);
      InetAddress address = IpLiteral.parse(words[0]).orElse(null);
      for (int i = 1; address != null && i < words.length; i++) {
        List<InetAddress> known =
            hosts.computeIfAbsent(canonical(words[i]), _ -> new ArrayList<>(1));
        if (!known.contains(address)) {
          known.add(address);
        }
      }
    }
    hosts.replaceAll((_, addresses) -> List.copyOf(addresses));
    return Map.copyOf(hosts);
  }

  /** The addresses of a name, in the order of the file; empty when it is not in there. */
  List<InetAddress> addresses(String name) {
    return content.hosts().getOrDefault(canonical(name), List.of());
  }

  private static String canonical(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
