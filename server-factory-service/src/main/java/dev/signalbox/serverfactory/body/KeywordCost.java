package dev.signalbox.serverfactory.body;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.path.NodePath;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What keywords of a JSON Schema do to a value beyond one step, in units of {@link MatchBudget}.
 * The library reports a step to each, whether it looks up one name or ten thousand, and a reference
 * leads to the same keyword a thousand times.
 */
enum KeywordCost {

  /**
   * Hashes the whole value, and compares it with those of the schema that have its hash. Numbers,
   * and those in an array, are first written with all their digits and read again.
   */
  HASHED {
    @Override
    long ofSchema(JsonNode value) {
      Map<Integer, Integer> byHash = new HashMap<>();
      int most = 1;
      for (JsonNode each : value) {
        most = Math.max(most, byHash.merge(each.hashCode(), 1, Integer::sum));
      }
      return most;
    }

    @Override
    long of(JsonNode value, long ofSchema, JsonNode node, SchemaWork work, NodePath location) {
      long weight = JsonWeight.of(node);
      return hashing(weight)
          + ofSchema * comparing(node.isContainerNode() ? weight : weight - 1)
          + writing(node);
    }
  },

  /** Compares the whole value, as far as the schema's goes. */
  COMPARED {
    @Override
    long ofSchema(JsonNode value) {
      return value.isContainerNode() ? comparing(JsonWeight.of(value)) : JsonWeight.of(value);
    }

    @Override
    long of(JsonNode value, long ofSchema, JsonNode node, SchemaWork work, NodePath location) {
      return node.getNodeType() == value.getNodeType() && node.size() == value.size()
          ? ofSchema
          : 0;
    }
  },

  /** Looks up each name that the schema has. */
  LOOKED_UP {
    @Override
    long of(JsonNode value, long ofSchema, JsonNode node, SchemaWork work, NodePath location) {
      return node.isObject() ? ofSchema + ofLevels(work) : 0;
    }
  },

  /** Goes through all members and elements of the value, and through names of the schema. */
  VISITED {
    @Override
    long ofSchema(JsonNode value) {
      long names = value.size();
      for (JsonNode each : value) {
        names += each.isArray() ? each.size() : 0;
      }
      return WORK_OF_A_MEMBER * names;
    }

    @Override
    long of(JsonNode value, long ofSchema, JsonNode node, SchemaWork work, NodePath location) {
      return node.isContainerNode() ? ofSchema + visiting(node, SCHEMA) + ofLevels(work) : 0;
    }
  },

  /** Tries each pattern of the schema on each name. */
  TRIED {
    @Override
    long of(JsonNode value, long ofSchema, JsonNode node, SchemaWork work, NodePath location) {
      return node.isObject()
          ? visiting(node, SCHEMA + WORK_OF_A_MEMBER * (long) value.size()) + ofLevels(work)
          : 0;
    }
  },

  /** Looks through what was noted of the value before, and goes through its members. */
  NOTED {
    @Override
    long of(JsonNode value, long ofSchema, JsonNode node, SchemaWork work, NodePath location) {
      if (!node.isContainerNode()) {
        return 0;
      }
      List<?> notes = work.getAnnotations().asMap().getOrDefault(location, List.of());
      // Each may name all members.
      return visiting(node, SCHEMA + (long) notes.size())
          + WORK_OF_A_NOTE * (long) notes.size()
          + ofLevels(work);
    }
  },

  /** Counts the characters of a text. */
  COUNTED {
    @Override
    long of(JsonNode value, long ofSchema, JsonNode node, SchemaWork work, NodePath location) {
      return node.isTextual() ? JsonWeight.of(node) : 0;
    }
  },

  /** Reads a text as JSON, or under a regular expression of the JDK. */
  PARSED {
    @Override
    long of(JsonNode value, long ofSchema, JsonNode node, SchemaWork work, NodePath location) {
      return node.isTextual() ? WORK_OF_A_MEMBER * (long) node.textValue().length() : 0;
    }
  },

  /** Divides numbers of as many digits as their exponents are apart. */
  DIVIDED {
    @Override
    long of(JsonNode value, long ofSchema, JsonNode node, SchemaWork work, NodePath location) {
      return node.isNumber() ? Math.abs(exponent(node) - exponent(value)) / BITS_OF_A_UNIT : 0;
    }
  };

  /** Values that are hashed in the time of a unit. */
  private static final int VALUES_OF_A_UNIT = 4;

  /** Units for a value that is put into a set. */
  private static final int WORK_OF_AN_ELEMENT = 6;

  /** Units for a value that is compared with another, which may be the look-up of a name. */
  private static final int WORK_OF_A_COMPARISON = 4;

  /** Units for a member that is looked up or gone through. */
  private static final int WORK_OF_A_MEMBER = 2;

  /** Members that are looked up in the time in which one is held against an empty schema. */
  private static final int SCHEMA = 4;

  /** Units for something noted of a value, whose place in the schema is compared four times. */
  private static final int WORK_OF_A_NOTE = 20;

  /** Levels of a schema that are looked through in the time of a unit. */
  private static final int LEVELS_OF_A_UNIT = 2;

  /** By which a number is longer, and takes one more unit to compute or to write. */
  private static final int BITS_OF_A_UNIT = 3;

  /** What the value of the keyword adds, computed once. */
  long ofSchema(JsonNode value) {
    return WORK_OF_A_MEMBER * (long) value.size();
  }

  /**
   * What the keyword does to a value.
   *
   * @param value of the keyword
   * @param ofSchema what {@link #ofSchema(JsonNode)} said of it
   * @param node of the body
   * @param location where in the body that is
   */
  abstract long of(
      JsonNode value, long ofSchema, JsonNode node, SchemaWork work, NodePath location);

  /** Putting a value of a weight into a set, its hash being unlike all others. */
  static long hashing(long weight) {
    return WORK_OF_AN_ELEMENT + weight / VALUES_OF_A_UNIT;
  }

  /** Comparing two values, of which the lighter one has this weight. */
  static long comparing(long weight) {
    return WORK_OF_A_COMPARISON * weight;
  }

  private static int exponent(JsonNode number) {
    double value = number.doubleValue();
    return value == 0 ? 0 : Math.getExponent(value);
  }

  private static long writing(JsonNode node) {
    if (node.isNumber()) {
      return Math.abs(exponent(node)) / BITS_OF_A_UNIT;
    }
    long work = 0;
    if (node.isArray()) {
      for (JsonNode element : node) {
        work += element.isNumber() ? 1 + writing(element) : 0;
      }
    }
    return work;
  }

  private static long visiting(JsonNode node, long times) {
    return WORK_OF_A_MEMBER * times * node.size();
  }

  /** Where something may be unevaluated, each keyword looks through those that it is within. */
  private static long ofLevels(SchemaWork work) {
    return work.isUnevaluatedPropertiesPresent() || work.isUnevaluatedItemsPresent()
        ? work.levels() / LEVELS_OF_A_UNIT
        : 0;
  }
}
