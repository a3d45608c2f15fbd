package rulebook

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// The data is read by hand from the YAML tree, so that each fault names its
// file, its line and its key.

// source is a data file being read.
type source struct{ name string }

func (s source) fault(at *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("rulebook: %s:%d: %w", s.name, at.Line, fmt.Errorf(format, args...))
}

// document parses a file into its one tree.
func (s source) document(raw []byte) (*yaml.Node, error) {
	var tree yaml.Node
	if err := yaml.Unmarshal(raw, &tree); err != nil {
		return nil, fmt.Errorf("rulebook: %s: %w", s.name, err)
	}
	if tree.Kind != yaml.DocumentNode || len(tree.Content) != 1 {
		return nil, fmt.Errorf("rulebook: %s: %w", s.name, errors.New("the file is empty"))
	}
	return plain(tree.Content[0]), nil
}

// plain is what an alias stands for.
func plain(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// fields are a mapping's values by key; a key that is not allowed, or that
// comes twice, is an error.
func (s source) fields(n *yaml.Node, allowed ...string) (map[string]*yaml.Node, error) {
	if n.Kind != yaml.MappingNode {
		return nil, s.fault(n, "a mapping is needed")
	}
	found := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if !slices.Contains(allowed, key.Value) {
			return nil, s.fault(key, "%s: the key is not known", key.Value)
		}
		if found[key.Value] != nil {
			return nil, s.fault(key, "%s: the key comes twice", key.Value)
		}
		value := *plain(n.Content[i+1])
		value.Line = n.Content[i+1].Line // where it is used, not where it is anchored
		found[key.Value] = &value
	}
	return found, nil
}

// texts are the scalars of a mapping's values.
func (s source) texts(fields map[string]*yaml.Node, into map[string]*string) error {
	for key, to := range into {
		n := fields[key]
		switch {
		case n == nil:
		case n.Kind != yaml.ScalarNode:
			return s.fault(n, "%s: one text is needed", key)
		default:
			*to = n.Value
		}
	}
	return nil
}

// list is a sequence of texts.
func (s source) list(n *yaml.Node, key string) ([]string, error) {
	if n == nil {
		return nil, nil
	}
	if n.Kind != yaml.SequenceNode {
		return nil, s.fault(n, "%s: a list is needed", key)
	}
	var list []string
	for _, part := range n.Content {
		if part = plain(part); part.Kind != yaml.ScalarNode {
			return nil, s.fault(part, "%s: a list of texts is needed", key)
		}
		list = append(list, part.Value)
	}
	return list, nil
}

// readSchema reads the declarations of all parameters.
func readSchema(name string, raw []byte) (map[string]Declared, error) {
	s := source{name}
	root, err := s.document(raw)
	if err != nil {
		return nil, err
	}
	if root.Kind != yaml.SequenceNode {
		return nil, s.fault(root, "a list is needed")
	}
	schema := map[string]Declared{}
	for _, n := range root.Content {
		fields, err := s.fields(n, "name", "rules", "type", "units", "words", "what", "own")
		if err != nil {
			return nil, err
		}
		var d Declared
		var kind, own string
		if err := s.texts(fields, map[string]*string{"name": &d.Name, "type": &kind, "what": &d.What, "own": &own}); err != nil {
			return nil, err
		}
		d.Type, d.Own = Type(kind), own == "true"
		if d.Rules, err = s.list(fields["rules"], "rules"); err != nil {
			return nil, err
		}
		if d.Units, err = s.list(fields["units"], "units"); err != nil {
			return nil, err
		}
		if words := fields["words"]; words != nil {
			if err := words.Decode(&d.Words); err != nil {
				return nil, s.fault(words, "words: %w", err)
			}
		}
		if _, twice := schema[d.Name]; twice || d.Name == "" || d.What == "" || len(d.Rules) == 0 {
			return nil, s.fault(n, "%s: a declaration has a name of its own, rules and what it is", d.Name)
		}
		if !slices.Contains([]Type{Integer, Ratio, Months, Words, Enum, Names, Date, Flag, Duration}, d.Type) {
			return nil, s.fault(n, "%s: the type %q is not known", d.Name, d.Type)
		}
		schema[d.Name] = d
	}
	return schema, nil
}

// paramKeys are the keys of one parameter; those of the file's head are
// defaults for all of its parameters.
var paramKeys = []string{"rule", "name", "region", "tracks", "from", "until", "value", "unit", "clause", "quote", "note"}

// readParams reads one file of parameters. Each is checked by its declaration.
func (b *Book) readParams(name string, raw []byte) ([]Param, error) {
	s := source{name}
	root, err := s.document(raw)
	if err != nil {
		return nil, err
	}
	head, err := s.fields(root, "document", "region", "from", "kind", "params")
	if err != nil {
		return nil, err
	}
	var shared Param
	var kind string
	if err := s.texts(head, map[string]*string{"document": &shared.Document, "region": &shared.Region, "from": &shared.From, "kind": &kind}); err != nil {
		return nil, err
	}
	shared.Kind = Kind(kind)
	if shared.Document == "" || !slices.Contains([]Kind{Binding, Found, Assumed}, shared.Kind) {
		return nil, s.fault(root, "document and kind are needed: seed, found or open")
	}
	if head["params"] == nil || head["params"].Kind != yaml.SequenceNode {
		return nil, s.fault(root, "params: a list is needed")
	}
	var list []Param
	for _, n := range head["params"].Content {
		p, err := b.readParam(s, n, shared)
		if err != nil {
			return nil, err
		}
		for _, other := range list {
			if p.Name == other.Name && p.Region == other.Region && p.From == other.From && slices.Equal(p.Tracks, other.Tracks) {
				return nil, s.fault(n, "%s: it is set twice for %s", p.Name, p.Region)
			}
		}
		list = append(list, p)
	}
	return list, nil
}

func (b *Book) readParam(s source, n *yaml.Node, p Param) (Param, error) {
	fields, err := s.fields(n, paramKeys...)
	if err != nil {
		return p, err
	}
	err = s.texts(fields, map[string]*string{
		"rule": &p.Rule, "name": &p.Name, "region": &p.Region, "from": &p.From, "until": &p.Until,
		"value": &p.Value, "unit": &p.Unit, "clause": &p.Clause, "quote": &p.Quote, "note": &p.Note,
	})
	if err != nil {
		return p, err
	}
	tracks, err := s.list(fields["tracks"], "tracks")
	if err != nil {
		return p, err
	}
	for _, t := range tracks {
		p.Tracks = append(p.Tracks, Track(t))
	}
	at := func(key string) *yaml.Node {
		if fields[key] != nil {
			return fields[key]
		}
		return n
	}
	for _, issue := range b.Check(p) {
		return p, s.fault(at(issue.Column), "%s: %s: %s", p.Name, issue.Column, strings.TrimSpace(issue.Text.String()))
	}
	if p.Kind == Binding && p.Quote == "" {
		return p, s.fault(n, "%s: quote: a binding parameter quotes its clause", p.Name)
	}
	return p, nil
}

// dated reports whether a text is a legal day or empty.
func dated(day string) bool {
	_, err := time.Parse(time.DateOnly, day)
	return day == "" || err == nil
}
