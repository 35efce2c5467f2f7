package main

import (
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
)

type formatRequest struct {
	Files []File `json:"files"`
}

type formattedFile struct {
	Path    string `json:"path"`
	Text    string `json:"text"`
	Changed bool   `json:"changed"`
}

type formatAnswer struct {
	Files []formattedFile `json:"files"`
}

// formatFiles answers all files or, when one does not parse, every error in all of them.
func formatFiles(request *formatRequest) (formatAnswer, *failure) {
	answer := formatAnswer{Files: []formattedFile{}}
	var wrong []Diagnostic
	for _, file := range request.Files {
		options := parserOptions()
		text, err := format.SourceWithOpts(file.Path, []byte(file.Text), format.Opts{
			RegoVersion: ast.RegoV1, ParserOptions: &options,
		})
		if err != nil {
			wrong = append(wrong, diagnose(err, file.Path)...)
			continue
		}
		answer.Files = append(answer.Files, formattedFile{file.Path, string(text), string(text) != file.Text})
	}
	if len(wrong) > 0 {
		return formatAnswer{}, invalid(wrong)
	}
	return answer, nil
}
