// Check our notes and proofs with golang.org/x/mod/sumdb, which shares no code with ours.
//
//	main export FOLDER VKEY        check an export: note, tiles, every entry, every older head
//	main cases                     one JSON case a line on standard input; "ok" or the refusal out
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type testCase struct {
	Kind    string   `json:"kind"`
	Note    string   `json:"note"`
	Vkey    string   `json:"vkey"`
	Leaf    string   `json:"leaf"`
	Index   int64    `json:"index"`
	Size    int64    `json:"size"`
	OldSize int64    `json:"old_size"`
	Root    string   `json:"root"`
	OldRoot string   `json:"old_root"`
	Proof   []string `json:"proof"`
}

func openHead(text []byte, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("no checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := hash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func hash(text string) (tlog.Hash, error) {
	var h tlog.Hash
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(data) != tlog.HashSize {
		return h, errors.New("malformed hash")
	}
	copy(h[:], data)
	return h, nil
}

func check(c testCase) error {
	if c.Kind == "note" {
		_, err := openHead([]byte(c.Note), c.Vkey)
		return err
	}
	root, err := hash(c.Root)
	if err != nil {
		return err
	}
	var proof []tlog.Hash
	for _, text := range c.Proof {
		h, err := hash(text)
		if err != nil {
			return err
		}
		proof = append(proof, h)
	}
	if c.Kind == "inclusion" {
		leaf, err := hash(c.Leaf)
		if err != nil {
			return err
		}
		return tlog.CheckRecord(proof, c.Size, root, c.Index, leaf)
	}
	old, err := hash(c.OldRoot)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, c.Size, root, c.OldSize, old)
}

type folder struct{ path string }

func (f folder) Height() int { return 8 }

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		// Go writes the height into the path, tlog-tiles does not: it is always 8.
		data, err := os.ReadFile(filepath.Join(f.path, strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func entries(path string) ([][]byte, error) {
	var bodies [][]byte
	err := filepath.Walk(filepath.Join(path, "tile", "entries"), func(name string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		for err == nil && len(data) > 0 {
			long := int(binary.BigEndian.Uint16(data))
			bodies = append(bodies, data[2:2+long])
			data = data[2+long:]
		}
		return err
	})
	return bodies, err
}

func export(path, vkey string) error {
	text, err := os.ReadFile(filepath.Join(path, "checkpoint"))
	if err != nil {
		return err
	}
	head, err := openHead(text, vkey)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(head, folder{path})
	bodies, err := entries(path)
	if err != nil {
		return err
	}
	if int64(len(bodies)) != head.N {
		return fmt.Errorf("%d entries, %d signed", len(bodies), head.N)
	}
	for index, body := range bodies {
		proof, err := tlog.ProveRecord(head.N, int64(index), reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, head.N, head.Hash, int64(index), tlog.RecordHash(body)); err != nil {
			return fmt.Errorf("entry %d: %w", index, err)
		}
	}
	history, err := os.ReadFile(filepath.Join(path, "checkpoints.jsonl"))
	if err != nil {
		return err
	}
	for _, line := range bytes.Split(bytes.TrimSpace(history), []byte("\n")) {
		var c testCase
		if err := json.Unmarshal(line, &c); err != nil {
			return err
		}
		old, err := openHead([]byte(c.Note), vkey)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(head.N, old.N, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, head.N, head.Hash, old.N, old.Hash); err != nil {
			return err
		}
	}
	fmt.Printf("%d entries proved\n", head.N)
	return nil
}

func main() {
	if len(os.Args) == 4 && os.Args[1] == "export" {
		if err := export(os.Args[2], os.Args[3]); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<24)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		var c testCase
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			fmt.Fprintln(out, "no case:", err)
		} else if err := check(c); err != nil {
			fmt.Fprintln(out, "refused:", strings.ReplaceAll(err.Error(), "\n", " "))
		} else {
			fmt.Fprintln(out, "ok")
		}
	}
}
