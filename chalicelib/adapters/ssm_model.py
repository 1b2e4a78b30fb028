"""Of AWS's model of SSM what we call, because botocore would read 0.9 MB of it at each cold start.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
"""

from typing import Any

MODEL: dict[str, Any] = {
    "version": "2.0",
    "metadata": {
        "apiVersion": "2014-11-06",
        "auth": ["aws.auth#sigv4"],
        "endpointPrefix": "ssm",
        "jsonVersion": "1.1",
        "protocol": "json",
        "protocols": ["json"],
        "serviceFullName": "Amazon Simple Systems Manager (SSM)",
        "serviceId": "SSM",
        "signatureVersion": "v4",
        "targetPrefix": "AmazonSSM",
    },
    "operations": {
        "GetParameters": {
            "name": "GetParameters",
            "http": {"method": "POST", "requestUri": "/"},
            "input": {"shape": "Asked"},
            "output": {"shape": "Found"},
        }
    },
    "shapes": {
        "Asked": {
            "type": "structure",
            "required": ["Names"],
            "members": {"Names": {"shape": "Texts"}, "WithDecryption": {"shape": "Switch"}},
        },
        "Found": {"type": "structure", "members": {"Parameters": {"shape": "Parameters"}}},
        "Parameters": {"type": "list", "member": {"shape": "Parameter"}},
        "Parameter": {
            "type": "structure",
            "members": {
                "Name": {"shape": "Text"},
                "Value": {"shape": "Text"},
                "Version": {"shape": "Number"},
                "LastModifiedDate": {"shape": "Time"},
            },
        },
        "Texts": {"type": "list", "member": {"shape": "Text"}},
        "Text": {"type": "string"},
        "Switch": {"type": "boolean"},
        "Number": {"type": "long"},
        "Time": {"type": "timestamp"},
    },
}
