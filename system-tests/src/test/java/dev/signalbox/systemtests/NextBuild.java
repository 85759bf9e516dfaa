package dev.signalbox.systemtests;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The distribution as the next minor version might be: the gateway says where a message came from,
 * the bus carries it in an added field, code-service keeps it in an added column, and lists show
 * it. Made from the sources of the distribution, by changes that fail when a source is no longer
 * what they change.
 */
final class NextBuild {

  /** What its services call themselves. */
  static final String VERSION = "0.2.0-upgrade";

  /** What it keeps with every message that came by the REST API. */
  static final String ORIGIN = "rest";

  private static final Path SOURCES = Distribution.HOME.resolve("../../..").normalize();
  private static final String CONTRACTS = "contracts";
  private static final String GATEWAY = "gateway-service";
  private static final String CODES = "code-service";
  private static final String CODE = "dev/signalbox/code/";

  /** Later than any that there will be. */
  private static final String MIGRATION = "db/code/postgresql/V1000__message_origin.sql";

  /**
   * A change of a source.
   *
   * @param module whose source
   * @param file within the module's packages
   * @param from what is there exactly once
   * @param to what is there instead
   */
  private record Edit(String module, String file, String from, String to) {

    void apply(Path sources) throws IOException {
      Path source = sources.resolve(file);
      String text = Files.readString(source);
      int place = text.indexOf(from);
      if (place < 0 || text.indexOf(from, place + 1) >= 0) {
        throw new AssertionError(
            file + " does not have exactly once: " + from + "; change NextBuild accordingly");
      }
      Files.writeString(source, text.replace(from, to));
    }
  }

  private static final List<Edit> ADDED_FIELD =
      List.of(
          new Edit(
              CONTRACTS,
              "dev/signalbox/contracts/code/StoreMessageRequest.java",
              "@Nullable String idempotencyKey) {}",
              """
              @Nullable String idempotencyKey, @Nullable String origin) {
                public StoreMessageRequest(
                    String uuid, String unique, String text, @Nullable String idempotencyKey) {
                  this(uuid, unique, text, idempotencyKey, null);
                }
              }
              """),
          new Edit(
              CONTRACTS,
              "dev/signalbox/contracts/code/StoredMessage.java",
              "String hash) {}",
              "String hash, @org.jspecify.annotations.Nullable String origin) {}"),
          new Edit(
              GATEWAY,
              "dev/signalbox/gateway/code/CodeRoutes.java",
              "            IdempotencyKey.of(ctx));",
              "            IdempotencyKey.of(ctx), \"" + ORIGIN + "\");"),
          new Edit(
              GATEWAY,
              "dev/signalbox/gateway/code/CodeRoutes.java",
              "String storedAt, String hash) {",
              "String storedAt, String hash, @Nullable String origin) {"),
          new Edit(
              GATEWAY,
              "dev/signalbox/gateway/code/CodeRoutes.java",
              "          message.hash());",
              "          message.hash(), message.origin());"),
          new Edit(
              CODES,
              CODE + "Draft.java",
              "@Nullable String idempotencyKey) {",
              "@Nullable String idempotencyKey, @Nullable String origin) {"),
          new Edit(
              CODES,
              CODE + "CodeEndpoint.java",
              "request.text(), request.idempotencyKey()),",
              "request.text(), request.idempotencyKey(), request.origin()),"),
          new Edit(
              CODES,
              CODE + "Message.java",
              "long storedAtMs, ChainHash hash) {",
              "long storedAtMs, ChainHash hash,"
                  + " @org.jspecify.annotations.Nullable String origin) {"),
          new Edit(
              CODES, CODE + "Message.java", "stored_at, hash\";", "stored_at, hash, origin\";"),
          new Edit(
              CODES,
              CODE + "Message.java",
              "ChainHash.of(row.getBytes(5)));",
              "ChainHash.of(row.getBytes(5)), row.getString(6));"),
          new Edit(CODES, CODE + "Message.java", "hash.hex());", "hash.hex(), origin);"),
          new Edit(
              CODES,
              CODE + "MessageStore.java",
              "text(), now, hash));",
              "text(), now, hash, draft.origin()));"),
          new Edit(
              CODES,
              CODE + "MessageStore.java",
              "stored_at, hash) VALUES (?, ?, ?, ?, ?)\"",
              "stored_at, hash, origin) VALUES (?, ?, ?, ?, ?, ?)\""),
          new Edit(
              CODES,
              CODE + "MessageStore.java",
              "      message.hash().bytes()\n",
              "      message.hash().bytes(), message.origin()\n"));

  /** Breaks the policy: what a process of the version before sends lacks it. */
  private static final Edit REQUIRED_FIELD =
      new Edit(
          CODES,
          CODE + "CodeEndpoint.java",
          "    requireKey(request.idempotencyKey());",
          "    requireKey(request.idempotencyKey()); requirePresent(request.origin(), \"/origin\");");

  private final Path home;
  private final Path work;
  private final List<Edit> edits;

  private NextBuild(Path work, List<Edit> edits) {
    this.home = work.resolve("dist");
    this.work = work;
    this.edits = edits;
  }

  /** One that keeps the policy for minor versions. */
  static Path compatible(Path work) {
    return new NextBuild(work, ADDED_FIELD).make();
  }

  /** One whose code-service requires the added field: it does not understand the version before. */
  static Path incompatible(Path work) {
    List<Edit> edits = new ArrayList<>(ADDED_FIELD);
    edits.removeIf(edit -> edit.module.equals(GATEWAY));
    edits.add(REQUIRED_FIELD);
    return new NextBuild(work, edits).make();
  }

  private Path make() {
    try {
      for (String module : edits.stream().map(Edit::module).distinct().toList()) {
        compile(module);
      }
      Path migration = classes(CODES).resolve(MIGRATION);
      Files.createDirectories(migration.getParent());
      Files.writeString(migration, "ALTER TABLE message ADD COLUMN origin TEXT;\n");
      try (Stream<Path> files = Files.walk(Distribution.HOME)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          install(file);
        }
      }
      return home;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path classes(String module) {
    return work.resolve("classes").resolve(module);
  }

  /** Compiles all sources of a module: constants of one may be in the classes of others. */
  private void compile(String module) throws IOException {
    Path from = SOURCES.resolve(module).resolve("src/main/java");
    Path to = work.resolve("sources").resolve(module);
    List<Path> sources = new ArrayList<>();
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
        Path copy = to.resolve(from.relativize(file));
        Files.createDirectories(copy.getParent());
        sources.add(Files.copy(file, copy));
      }
    }
    for (Edit edit : edits) {
      if (edit.module.equals(module)) {
        edit.apply(to);
      }
    }
    Path classes = Files.createDirectories(classes(module));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter errors = new StringWriter();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      boolean done =
          compiler
              .getTask(
                  errors,
                  files,
                  null,
                  List.of("-proc:none", "-nowarn", "-d", classes.toString(), "-cp", classPath()),
                  null,
                  files.getJavaFileObjectsFromPaths(sources))
              .call();
      if (!done) {
        throw new AssertionError("the next build of " + module + " does not compile:\n" + errors);
      }
    }
  }

  private String classPath() throws IOException {
    try (Stream<Path> jars = Files.list(Distribution.HOME.resolve("lib"))) {
      return Stream.concat(Stream.of(classes(CONTRACTS)), jars.sorted())
          .map(Path::toString)
          .collect(Collectors.joining(java.io.File.pathSeparator));
    }
  }

  /** Puts a file of the distribution into the next one. */
  private void install(Path file) throws IOException {
    Path path = Distribution.HOME.relativize(file);
    Path to = home.resolve(path);
    Files.createDirectories(to.getParent());
    String jar = path.getFileName().toString().replaceFirst("(-\\d.*)?\\.jar$", "");
    if (Distribution.SERVICES.contains(jar) || jar.equals(CONTRACTS)) {
      rewrite(file, to, jar);
    } else {
      Files.createLink(to, file);
    }
  }

  /** A jar with the next version in its manifest, and what was compiled in place of what it had. */
  private void rewrite(Path from, Path to, String module) throws IOException {
    Map<String, Path> own = new HashMap<>();
    if (Files.exists(classes(module))) {
      try (Stream<Path> files = Files.walk(classes(module))) {
        files
            .filter(Files::isRegularFile)
            .forEach(file -> own.put(name(classes(module).relativize(file)), file));
      }
    }
    try (JarFile jar = new JarFile(from.toFile())) {
      Manifest manifest = new Manifest(jar.getManifest());
      manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, VERSION);
      try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(to), manifest)) {
        for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements(); ) {
          JarEntry entry = all.nextElement();
          if (!own.containsKey(entry.getName()) && !entry.getName().equals(JarFile.MANIFEST_NAME)) {
            out.putNextEntry(new JarEntry(entry.getName()));
            try (InputStream in = jar.getInputStream(entry)) {
              in.transferTo(out);
            }
          }
        }
        for (Map.Entry<String, Path> file : own.entrySet()) {
          out.putNextEntry(new JarEntry(file.getKey()));
          Files.copy(file.getValue(), out);
        }
      }
    }
  }

  /** With the separator of jars. */
  private static String name(Path path) {
    return path.toString().replace(path.getFileSystem().getSeparator(), "/");
  }
}
