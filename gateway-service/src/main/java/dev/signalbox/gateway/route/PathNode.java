package dev.signalbox.gateway.route;

import dev.signalbox.gateway.fault.FaultShape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A segment in the tree of templates. */
final class PathNode {

  private final Map<String, PathNode> literals = new HashMap<>();
  private @Nullable PathNode parameter;
  private RouteTable.@Nullable PathMethods here;
  private RouteTable.@Nullable PathMethods rest;

  void add(Route route) {
    PathNode node = this;
    String template = route.template();
    for (String segment : template.substring(1).split("/", -1)) {
      if (segment.endsWith("...}")) {
        if (node.rest == null) {
          node.rest = new RouteTable.PathMethods();
        }
        node.rest.add(route);
        return;
      }
      node = node.child(segment);
    }
    if (node.here == null) {
      node.here = new RouteTable.PathMethods();
    }
    node.here.add(route);
  }

  void reserve(String template, FaultShape faults) {
    PathNode node = this;
    for (String segment : template.substring(1).split("/", -1)) {
      if (segment.endsWith("...}")) {
        node.rest = new RouteTable.PathMethods(faults);
        return;
      }
      node = node.child(segment);
    }
  }

  private PathNode child(String segment) {
    if (!segment.startsWith("{")) {
      return literals.computeIfAbsent(segment, _ -> new PathNode());
    }
    if (parameter == null) {
      parameter = new PathNode();
    }
    return parameter;
  }

  /**
   * The methods of the path from a position on; adds the parameters' text to the values. The depth
   * is bounded by the deepest template, not by the request.
   */
  RouteTable.@Nullable PathMethods find(String path, int from, List<String> values) {
    int slash = path.indexOf('/', from);
    int end = slash < 0 ? path.length() : slash;
    String segment = path.substring(from, end);
    int mark = values.size();
    PathNode literal = literals.get(segment);
    if (literal != null) {
      RouteTable.PathMethods found = literal.after(path, slash, values);
      if (found != null) {
        return found;
      }
      truncate(values, mark);
    }
    if (parameter != null && !segment.isEmpty()) {
      values.add(segment);
      RouteTable.PathMethods found = parameter.after(path, slash, values);
      if (found != null) {
        return found;
      }
      truncate(values, mark);
    }
    if (rest != null) {
      values.add(path.substring(from));
    }
    return rest;
  }

  private RouteTable.@Nullable PathMethods after(String path, int slash, List<String> values) {
    return slash < 0 ? here : find(path, slash + 1, values);
  }

  private static void truncate(List<String> values, int size) {
    while (values.size() > size) {
      values.removeLast();
    }
  }
}
