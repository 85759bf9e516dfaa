package dev.signalbox.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A bill of materials in CycloneDX's JSON. */
record BillOfMaterials(List<Component> components) {

  /**
   * Licences under which a library may be part of the distribution, which itself is under MIT: they
   * allow binaries to be passed on with it. A new one is a decision, not a line to add in passing.
   */
  static final Set<String> ALLOWED =
      Set.of(
          "Apache-2.0",
          "BSD-2-Clause",
          "BSD-3-Clause",
          "CC0-1.0",
          "EPL-1.0",
          "EPL-2.0",
          "MIT",
          "Unicode-3.0",
          // As the libraries name them that give no identifier of SPDX: BSD-3-Clause, both.
          "Go License",
          "The (New) BSD License");

  /**
   * A library.
   *
   * @param name group, name and version
   * @param sha256 of its jar; empty when unknown
   * @param licences from which one may choose
   */
  record Component(String name, String sha256, List<String> licences) {

    boolean allowed() {
      return licences.stream().anyMatch(ALLOWED::contains);
    }
  }

  static BillOfMaterials read(Path file) {
    try {
      return of(new JsonMapper().readTree(file.toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static BillOfMaterials of(JsonNode document) {
    List<Component> components = new ArrayList<>();
    for (JsonNode component : document.path("components")) {
      List<String> licences = new ArrayList<>();
      for (JsonNode choice : component.path("licenses")) {
        JsonNode licence = choice.path("license");
        // An expression such as "A AND B" is no choice; it is as it stands not on the list.
        licences.add(
            choice.has("expression")
                ? choice.path("expression").asText()
                : licence.path("id").asText(licence.path("name").asText("")));
      }
      String sha256 = "";
      for (JsonNode hash : component.path("hashes")) {
        if (hash.path("alg").asText().equals("SHA-256")) {
          sha256 = hash.path("content").asText();
        }
      }
      components.add(
          new Component(
              component.path("group").asText()
                  + ":"
                  + component.path("name").asText()
                  + ":"
                  + component.path("version").asText(),
              sha256,
              licences));
    }
    return new BillOfMaterials(components);
  }

  List<String> notAllowed() {
    return components.stream()
        .filter(it -> !it.allowed())
        .map(it -> it.name() + " " + it.licences())
        .toList();
  }
}
