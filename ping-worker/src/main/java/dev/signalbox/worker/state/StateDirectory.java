package dev.signalbox.worker.state;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.signalbox.contracts.disk.FileMutex;
import dev.signalbox.contracts.disk.PrivateFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of a worker's state, which one process may use at a time. It has a file of leases
 * for each site, and one with the keys of contributors. Tokens and keys are secrets: the directory
 * and its files are for their owner alone.
 */
public final class StateDirectory implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StateDirectory.class);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final SealedFile leases;
  private final SealedFile keys;
  private final String site;
  private final FileMutex mutex;

  private StateDirectory(Path directory, URI site, FileMutex mutex) {
    this.site = site.toString();
    String name = this.site.replaceFirst("^https?://", "").replaceAll("[^A-Za-z0-9.-]", "_");
    this.leases = new SealedFile(directory.resolve("leases-" + name));
    this.keys = new SealedFile(directory.resolve("contributor-keys"));
    this.mutex = mutex;
  }

  /**
   * Opens a directory and makes it if there is none.
   *
   * @throws StateException when it cannot be used, or another worker uses it
   */
  public static StateDirectory open(Path directory, URI site) {
    try {
      PrivateFiles.createDirectory(directory);
      return new StateDirectory(directory, site, lock(directory));
    } catch (IOException e) {
      throw new StateException("The state directory " + directory + " cannot be used: " + e, e);
    }
  }

  private static FileMutex lock(Path directory) throws IOException {
    return FileMutex.tryAcquire(directory.resolve("lock"))
        .orElseThrow(() ->
            new StateException(
                "Another worker runs with the state directory "
                    + directory
                    + ". Stop it, or give this one another with --state-dir."));
  }

  /** The state left by the worker before; empty when there is none that can be used. */
  public WorkerState load() {
    return read(leases, new TypeReference<WorkerState>() {}).orElse(WorkerState.EMPTY);
  }

  /**
   * Replaces the state; afterwards it is on disk.
   *
   * @throws StateException when it cannot be written
   */
  public void save(WorkerState state) {
    write(leases, state);
  }

  /** The key of a contributor at this site; null when none is known. */
  public @Nullable String contributorKey(String name) {
    return keys().get(keyName(name));
  }

  /** Keeps the key of a contributor; afterwards it is on disk. */
  public void contributorKey(String name, String key) {
    Map<String, String> all = new TreeMap<>(keys());
    all.put(keyName(name), key);
    write(keys, all);
  }

  private String keyName(String contributor) {
    return site + " " + contributor;
  }

  private Map<String, String> keys() {
    return read(keys, new TypeReference<Map<String, String>>() {}).orElseGet(Map::of);
  }

  private static <T> Optional<T> read(SealedFile file, TypeReference<T> type) {
    try {
      Optional<byte[]> content = file.read();
      return content.isEmpty()
          ? Optional.empty()
          : Optional.of(JSON.readValue(gunzip(content.get()), type));
    } catch (SealedFile.DamagedException | JacksonException e) {
      LOG.warn("cannot read {}; renaming it: {}", file.path(), e.getMessage());
      try {
        file.putAside();
      } catch (IOException f) {
        LOG.warn("cannot rename {}", file.path(), f);
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new StateException(file.path() + " cannot be read: " + e, e);
    }
  }

  private static void write(SealedFile file, Object content) {
    try {
      file.write(gzip(JSON.writeValueAsBytes(content)));
    } catch (IOException e) {
      throw new StateException(file.path() + " cannot be written: " + e, e);
    }
  }

  /** Most addresses are silent, so results shrink to a tenth: it is written often. */
  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  private static byte[] gunzip(byte[] content) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(content))) {
      return in.readAllBytes();
    }
  }

  @Override
  public void close() {
    try {
      mutex.close();
    } catch (IOException e) {
      LOG.debug("closing the lock failed", e);
    }
  }
}
